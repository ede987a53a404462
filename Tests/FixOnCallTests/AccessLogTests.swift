import Testing

@testable import RoadsideWeb

@Suite("D36: the access log")
struct AccessLogTests {
    @Test("D36: a line names the path without the query, where tokens and tickets travel")
    func noQuery() {
        #expect(AccessLine.path(of: "/api/health?token=secret") == "/api/health")
        #expect(AccessLine.path(of: "/api/health#token") == "/api/health")
        #expect(AccessLine.path(of: "?token=secret") == "")
    }

    @Test("D36: nobody can forge a second line or flood the log")
    func noForgery() {
        #expect(AccessLine.printable("/a\r\nGET /b", limit: 100) == "/a\u{FFFD}\u{FFFD}GET /b")
        #expect(AccessLine.printable("/\u{202E}moc\u{2028}", limit: 100) == "/\u{FFFD}moc\u{FFFD}")
        #expect(AccessLine.printable(String(repeating: "a", count: 1000), limit: 256).count == 256)
    }

    @Test(
        "D36: the time taken is told in milliseconds",
        arguments: [
            (Duration.microseconds(1234), "1.2"), (.seconds(2), "2000.0"), (.zero, "0.0"),
            (.nanoseconds(99_999), "0.0"),
        ])
    func duration(elapsed: Duration, text: String) {
        #expect(AccessLine.milliseconds(elapsed) == text)
    }
}
