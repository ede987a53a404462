import BSON
import FixOnCallClient
import Foundation
import LiveBookings
import RoadsideTesting
import Testing

@Suite("No request that speaks of an upgrade is left unanswered")
struct UpgradeTests {
    private static let key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    private static func upgrade(_ path: String, _ extra: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\(key)\(extra)\r\n"
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("an offer of h2c is answered as the request it is, and the connection ends")
    func offerOfAnotherProtocol() async throws {
        try await TestServer.with { server in
            let raw = try await RawSocket.connect(host: "127.0.0.1", port: server.port)
            // A second request of the same connection must not hang: it is answered or the connection ends.
            try await raw.write(
                "GET /api/health HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
                    + "GET /api/health HTTP/1.1\r\nHost: h\r\n\r\n")
            let answer = Self.text(try await raw.readToEnd())
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.lowercased().contains("connection: close"))
            #expect(answer.contains(#""success":true"#))
        }
    }

    @Test("E10: a refused upgrade is a whole HTTP answer with the dialect's body, and the connection ends")
    func refusedUpgrade() async throws {
        try await TestServer.with { server in
            let raw = try await RawSocket.connect(host: "127.0.0.1", port: server.port)
            try await raw.write(Self.upgrade(LiveBookings.Path.customerBookings, "Authorization: Bearer nonsense\r\n"))
            let answer = Self.text(try await raw.readToEnd())
            #expect(answer.hasPrefix("HTTP/1.1 401 "))
            #expect(answer.hasSuffix(#"{"success":false,"message":"Invalid or expired token."}"#))
        }
    }

    @Test("an upgrade on a connection that has served a request gets 426 and the connection ends")
    func lateUpgrade() async throws {
        try await TestServer.with { server in
            let raw = try await RawSocket.connect(host: "127.0.0.1", port: server.port)
            try await raw.write("GET /api/health HTTP/1.1\r\nHost: h\r\n\r\n")
            _ = try await raw.read(until: #""success":true"#)
            try await raw.write(Self.upgrade(LiveBookings.Path.customerBookings))
            let answer = Self.text(try await raw.readToEnd())
            #expect(answer.contains("HTTP/1.1 426 "))
            #expect(answer.lowercased().contains("connection: close"))
            #expect(answer.hasSuffix(#"{"success":false,"message":"Malformed WebSocket request."}"#))
        }
    }

    @Test(
        "E10: an improper handshake is refused in the dialect's words",
        arguments: [
            ("Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 426),
            ("Sec-WebSocket-Version: 13\r\n", 400), ("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n", 400),
        ])
    func improperHandshake(fields: String, status: Int) async throws {
        try await TestServer.with { server in
            let raw = try await RawSocket.connect(host: "127.0.0.1", port: server.port)
            try await raw.write(
                "GET \(LiveBookings.Path.customerBookings) HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\(fields)\r\n"
            )
            let answer = Self.text(try await raw.readToEnd())
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.hasSuffix(#"{"success":false,"message":"Malformed WebSocket request."}"#))
        }
    }

    @Test("an upgrade of an ordinary route is answered by the route")
    func upgradeOfOrdinaryRoute() async throws {
        try await TestServer.with { server in
            let raw = try await RawSocket.connect(host: "127.0.0.1", port: server.port)
            try await raw.write(Self.upgrade("/api/health"))
            let answer = Self.text(try await raw.readToEnd())
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.contains(#""success":true"#))
        }
    }

    @Test(
        "D32: what the parser refuses is answered in the main dialect's envelope, and the connection ends",
        arguments: [
            ("FOO /api/health HTTP/1.1\r\nHost: h\r\n\r\n", 400, "MALFORMED_REQUEST"),
            (
                "GET /api/health HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400,
                "MALFORMED_REQUEST"
            ),
            (
                "GET /api/health HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n", 431,
                "HEADER_TOO_LARGE"
            ),
        ])
    func parserRefusals(request: String, status: Int, code: String) async throws {
        try await TestServer.with { server in
            let raw = try await RawSocket.connect(host: "127.0.0.1", port: server.port)
            try await raw.write(request)
            let answer = Self.text(try await raw.readToEnd())
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            let body = try JSON.parse(Array((answer.components(separatedBy: "\r\n\r\n").last ?? "").utf8))
            #expect(body["success"]?.bool == false)
            #expect(body["code"]?.string == code)
        }
    }

    @Test("a client that expects 100-continue is told to go on")
    func expectContinue() async throws {
        try await TestServer.with { server in
            let raw = try await RawSocket.connect(host: "127.0.0.1", port: server.port)
            try await raw.write(
                "POST /api/auth/login HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            _ = try await raw.read(until: "HTTP/1.1 100 Continue\r\n\r\n")
            try await raw.write("{}")
            let answer = Self.text(try await raw.read(until: "VALIDATION_ERROR"))
            #expect(answer.contains("HTTP/1.1 422 "))
        }
    }

    @Test(
        "fault 12: malformed frames end the socket with the right code, and nobody else notices",
        arguments: UpgradeTests.malformed)
    func malformedFrames(_ frame: BadFrame) async throws {
        try await TestServer.with { server in
            let customer = try await server.customer()
            let socket = try await customer.socket(LiveBookings.Path.customerBookings)
            let other = try await customer.socket(LiveBookings.Path.customerBookings)
            try await socket.sendRaw(frame.bytes)
            #expect(try await socket.closeCode() == frame.code)
            let number = try await customer.request()["number"]
            #expect(try await other.nextJSON()["booking_id"] == number)
        }
    }

    struct BadFrame: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let code: UInt16
    }

    static let malformed = [
        BadFrame(testDescription: "not masked", bytes: [0x81, 0x01, 0x41], code: 1002),
        BadFrame(testDescription: "reserved bit", bytes: [0xC1, 0x80, 0, 0, 0, 0], code: 1002),
        BadFrame(testDescription: "reserved opcode", bytes: [0x83, 0x80, 0, 0, 0, 0], code: 1002),
        BadFrame(testDescription: "fragmented ping", bytes: [0x09, 0x80, 0, 0, 0, 0], code: 1002),
        BadFrame(
            testDescription: "a ping of 126 bytes",
            bytes: [0x89, 0xFE, 0, 126, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 126), code: 1002),
        BadFrame(
            testDescription: "UTF-8 broken across fragments",
            bytes: [0x01, 0x81, 0, 0, 0, 0, 0xC3, 0x80, 0x81, 0, 0, 0, 0, 0x28], code: 1007),
        BadFrame(testDescription: "broken UTF-8", bytes: [0x81, 0x82, 0, 0, 0, 0, 0xC3, 0x28], code: 1007),
        BadFrame(testDescription: "binary", bytes: [0x82, 0x81, 0, 0, 0, 0, 0x41], code: 1003),
        BadFrame(
            testDescription: "a length of eight exabytes",
            bytes: [0x81, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7) + [0, 0, 0, 0],
            code: 1009),
    ]
}
