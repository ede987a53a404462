import Foundation
import Telemetry
import Testing

@Suite("Names of requests and their place in a trace")
struct TraceContextTests {
    private static let id = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    @Test("a proper traceparent is gone on with, under a span of our own")
    func valid() throws {
        for text in [
            "00-\(Self.id)-\(Self.span)-01", "00-\(Self.id)-\(Self.span)-00", "00-\(Self.id)-\(Self.span)-ff",
            "01-\(Self.id)-\(Self.span)-01", "fe-\(Self.id)-\(Self.span)-01-what-the-future-adds",
            "01-\(Self.id)-\(Self.span)-01-",
        ] {
            let trace = try #require(TraceContext(traceparent: text), "\(text)")
            #expect(trace.traceID == Self.id)
            #expect(trace.parent == 0x00f0_67aa_0ba9_02b7)
            #expect(trace.spanID != Self.span && trace.spanID.utf8.count == 16)
        }
    }

    @Test(
        "whatever W3C does not allow begins a new trace",
        arguments: [
            "", "00", "00-\(id)-\(span)", "00-\(id)-\(span)-", "00-\(id)-\(span)-0", "00-\(id)-\(span)-0x",
            "ff-\(id)-\(span)-01", "FE-\(id)-\(span)-01", "0g-\(id)-\(span)-01", "00-\(id.uppercased())-\(span)-01",
            "00-\(id)-\(span.uppercased())-01", "00-\(String(repeating: "0", count: 32))-\(span)-01",
            "00-\(id)-\(String(repeating: "0", count: 16))-01", "00-\(id)-\(span)-01-more", "00-\(id)-\(span)-01 ",
            " 00-\(id)-\(span)-01", "00-\(id)-\(span)-0F", "01-\(id)-\(span)-01more", "00_\(id)_\(span)_01",
            "00-\(id.dropLast())-\(span)-01", "00-\(id)é-\(span)-01",
        ])
    func invalid(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test("a ULID is the time and chance in Crockford's digits, and sorts by the time")
    func ulids() throws {
        let moment = Date(timeIntervalSince1970: 1_469_918_176.385)
        let ids = (0..<1000).map { _ in ULID.make(at: moment) }
        #expect(Set(ids).count == 1000)
        for id in ids { #expect(id.hasPrefix("01ARYZ6S41") && id.utf8.count == ULID.length, "\(id)") }
        #expect(ids.allSatisfy { $0.allSatisfy("0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains) })
        let later = ULID.make(at: moment.addingTimeInterval(0.001))
        #expect(ids.allSatisfy { $0 < later })
    }
}
