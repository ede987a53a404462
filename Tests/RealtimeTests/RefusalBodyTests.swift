import HTTPTypes
import NIOCore
import Testing

@testable import Realtime

@Suite("A refusal which no route sees", .timeLimit(.minutes(5)))
struct RefusalBodyTests {
    @Test(
        "carries the server's body",
        arguments: [
            (Wire.get("/", extra: ["X-Long: " + String(repeating: "x", count: 9 * 1024)]), 431),
            ("NOISE\r\n\r\n", 400), ("BREW /tea HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ], ["", Wire.get("/before")])
    func worded(_ refused: (String, Int), _ before: String) async throws {
        let word: RefusalBody = { status in
            ("application/json", ByteBuffer(string: "{\"status\":\(status.code),\"error\":\"\(status.reasonPhrase)\"}"))
        }
        let (request, status) = refused
        try await LiveServer.with(refusalBody: word, decide: EchoSession.decide) { server in
            let peer = try await server.connect()
            if !before.isEmpty {
                try await peer.send(before)
                #expect(try await peer.response().body == "/before")
            }
            await peer.trySend(Array(request.utf8))
            let response = try await peer.response()
            let reason = status == 400 ? "Bad Request" : "Request Header Fields Too Large"
            #expect(response.status == status)
            #expect(response.headers["content-type"] == "application/json")
            #expect(response.headers["connection"] == "close")
            #expect(response.body == "{\"status\":\(status),\"error\":\"\(reason)\"}")
            #expect(await peer.rest() == [])
        }
    }
}
