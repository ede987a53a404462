import Testing

@testable import Realtime

@Suite("A request which expects 100-continue", .timeLimit(.minutes(5)))
struct ExpectationTests {
    private static func post(_ length: String, expect: String = "100-continue", version: String = "1.1") -> String {
        "POST /collect HTTP/\(version)\r\nHost: x\r\nExpect: \(expect)\r\n\(length)\r\n\r\n"
    }

    @Test(
        "is invited to send its body, answered, and followed by others",
        arguments: ["100-continue", "100-Continue"],
        ["Content-Length: 5|hello", "Transfer-Encoding: chunked|5\r\nhello\r\n0\r\n\r\n"])
    func invited(_ expect: String, _ form: String) async throws {
        let parts = form.split(separator: "|").map(String.init)
        try await LiveServer.with(decide: EchoSession.decide) { server in
            let peer = try await server.connect()
            for _ in 0..<2 {
                try await peer.send(Self.post(parts[0], expect: expect))
                let interim = try await peer.response()
                #expect(interim == RawPeer.Response(status: 100, headers: [:], body: ""))
                try await peer.send(parts[1])
                let final = try await peer.response()
                #expect(final.status == 200)
                #expect(final.body == "5")
                #expect(final.headers["connection"] == nil)
            }
            try await peer.send(Wire.get("/after"))
            #expect(try await peer.response().body == "/after")
        }
    }

    @Test("is not invited in HTTP/1.0, which knows no interim answers")
    func oldVersion() async throws {
        try await LiveServer.with(decide: EchoSession.decide) { server in
            let peer = try await server.connect()
            try await peer.send(Self.post("Content-Length: 5", version: "1.0") + "hello")
            #expect(try await peer.response().status == 200)
        }
    }

    @Test("is invited to send as much as the greatest upload, and no more")
    func large() async throws {
        try await LiveServer.with(decide: EchoSession.decide) { server in
            for (length, statuses) in [(11 << 20, [100, 200]), (11 << 20 + 1, [200])] {
                let peer = try await server.connect()
                let head = Self.post("Content-Length: \(length)").replacing("/collect", with: "/plain")
                try await peer.send(head)
                for status in statuses { #expect(try await peer.response().status == status) }
            }
        }
    }

    @Test("is invited as far as the limits say")
    func limited() async throws {
        try await LiveServer.with(http: HTTPLimits { $0.invitedBodyBytes = 4 }, decide: EchoSession.decide) { server in
            let peer = try await server.connect()
            try await peer.send(Self.post("Content-Length: 5") + "hello")
            #expect(try await peer.response().status == 200)
        }
    }

    @Test("is not invited in the middle of an earlier answer")
    func pipelined() async throws {
        try await LiveServer.with(decide: EchoSession.decide) { server in
            let peer = try await server.connect()
            try await peer.send(Wire.get("/first") + Self.post("Content-Length: 5") + "hello")
            #expect(try await peer.response().body == "/first")
            let next = try await peer.response()
            #expect(next.status == 200)
            #expect(next.body == "5")
        }
    }
}
