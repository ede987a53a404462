import BSON
import FixOnCall
import Telemetry
import Testing

@testable import RoadsideWeb

@Suite("D36: the access log")
struct AccessLogTests {
    private func json(_ line: AccessLine) throws -> JSON {
        var writer = JSONWriter()
        writer.object { line.write(into: &$0) }
        return try JSON.parse(writer.bytes)
    }

    @Test("D36: a line names the route, and never the path and the query that a client put ids and secrets into")
    func fields() throws {
        var notes = RequestRecord.Notes()
        (notes.user, notes.role, notes.code) = ("65a50b2c9f1d4e0012345678", "customer", "NOT_FOUND")
        let line = AccessLine(
            route: "/api/services/<id>", method: "GET", status: 404, elapsed: .microseconds(1234), waited: 10_000,
            worked: 999_999, bytes: 512, notes: notes, address: "10.1.2.0")
        #expect(
            try json(line) == [
                "route": "/api/services/<id>", "method": "GET", "status": 404, "dur_ms": 1.23, "queue_ms": 0.01,
                "db_ms": 0.99, "bytes": 512, "code": "NOT_FOUND", "user": "65a50b2c9f1d4e0012345678",
                "role": "customer", "ip": "10.1.2.0",
            ])
    }

    @Test("D36: what no route answers has no name, and a method of somebody's own making neither")
    func strangers() throws {
        let line = try json(AccessLine(method: "6pTt0Ck4r2uJx1yQm8Zs3vBn5wLd7eHf9aGc0iKo2qU", status: 404))
        #expect(line["route"] == "(none)" && line["method"] == "other")
        #expect(line["user"] == nil && line["db_ms"] == nil && line["bytes"] == nil)
    }

    @Test(
        "D36: an address is told without the part that is one machine's",
        arguments: [
            ("192.0.2.77", "192.0.2.0"), ("::ffff:192.0.2.77", "192.0.2.0"),
            ("2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8:1234::"), ("2001:db8::1", "2001:db8::"),
            ("fe80::1%eth0", "fe80::"), ("::1", "::"), ("unknown", "unknown"), ("1.2.3", "unknown"),
            ("1.2.3.256", "unknown"), ("a@example.com", "unknown"),
        ])
    func addresses(whole: String, told: String) {
        #expect(ClientAddress.truncated(whole) == told)
    }

    @Test("D36: ids that clients give are taken when they can do no harm")
    func requestIDs() {
        for id in ["abcdefgh", "01ARZ3NDEKTSV4RRFFQ69G5FAV", String(repeating: "a", count: 64), "a.b_c-d0"] {
            #expect(WebContext.isValidRequestID(id), "\(id)")
        }
        for id in ["", "short", "abcdefg", String(repeating: "a", count: 65), "a b c d e", "abcdefg\n", "äbcdefgh"] {
            #expect(!WebContext.isValidRequestID(id), "\(id)")
        }
    }
}
