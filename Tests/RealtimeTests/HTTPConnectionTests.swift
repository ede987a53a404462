import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Realtime

@Suite("A connection which speaks HTTP", .timeLimit(.minutes(5)))
struct HTTPConnectionTests {
    private func with(
        _ http: HTTPLimits = HTTPLimits(), _ body: @escaping @Sendable (LiveServer, RawPeer) async throws -> Void
    ) async throws {
        try await LiveServer.with(http: http, decide: EchoSession.decide) { server in
            try await body(server, try await server.connect())
        }
    }

    @Test("serves one request after the other")
    func keepAlive() async throws {
        try await with { _, peer in
            for path in ["/a", "/b", "/c"] {
                try await peer.send(Wire.get(path))
                let response = try await peer.response()
                #expect(response.body == path)
                #expect(response.headers["connection"] == nil)
            }
        }
    }

    @Test("serves requests sent at once, in order")
    func pipelined() async throws {
        try await with { _, peer in
            try await peer.send(Wire.get("/a") + Wire.get("/b") + Wire.get("/c"))
            for path in ["/a", "/b", "/c"] {
                #expect(try await peer.response().body == path)
            }
        }
    }

    @Test(
        "serves a body", arguments: ["Content-Length: 5|hello", "Transfer-Encoding: chunked|5\r\nhello\r\n0\r\n\r\n"])
    func body(_ form: String) async throws {
        let parts = form.split(separator: "|", maxSplits: 1).map(String.init)
        try await with { _, peer in
            try await peer.send("POST /collect HTTP/1.1\r\nHost: x\r\n\(parts[0])\r\n\r\n\(parts[1])")
            #expect(try await peer.response().body == "5")
            try await peer.send(Wire.get("/after"))
            #expect(try await peer.response().body == "/after")
        }
    }

    @Test("ends after an offer it does not take, with the answer", arguments: ["h2c", "TLS/1.0", "h2c, foo/2"])
    func otherUpgrade(_ name: String) async throws {
        try await with { _, peer in
            try await peer.send(
                Wire.get(
                    "/plain", extra: ["Upgrade: \(name)", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AA"]))
            let response = try await peer.response()
            #expect(response.status == 200)
            #expect(response.body == "/plain")
            #expect(response.headers["connection"] == "close")
            #expect(await peer.rest() == [])
        }
    }

    @Test("ends after an offer it does not take even when more requests were sent behind it")
    func pipelinedBehindOffer() async throws {
        try await with { _, peer in
            let offer = Wire.get("/plain", extra: ["Upgrade: h2c", "Connection: Upgrade"])
            try await peer.send(offer + Wire.get("/lost") + Wire.get("/lost"))
            #expect(try await peer.response().body == "/plain")
            #expect(await peer.rest() == [])
        }
    }

    @Test("answers a body sent with an offer it does not take")
    func offerWithBody() async throws {
        try await with { _, peer in
            try await peer.send(
                "POST /collect HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"
                    + "Content-Length: 5\r\n\r\nhello"
            )
            let response = try await peer.response()
            #expect(response.body == "5")
            #expect(response.headers["connection"] == "close")
            #expect(await peer.rest() == [])
        }
    }

    @Test("answers a late upgrade as an ordinary request and ends")
    func lateUpgrade() async throws {
        try await with { _, peer in
            try await peer.send(Wire.get("/first"))
            #expect(try await peer.response().body == "/first")
            try await peer.send(Wire.upgrade("/late"))
            let response = try await peer.response()
            #expect(response.body == "/late")
            #expect(response.headers["connection"] == "close")
            #expect(await peer.rest() == [])
        }
    }

    @Test("answers a late upgrade sent together with its neighbours")
    func pipelinedLateUpgrade() async throws {
        try await with { _, peer in
            try await peer.send(Wire.get("/first") + Wire.upgrade("/late") + Wire.get("/lost"))
            let first = try await peer.response()
            #expect(first.body == "/first")
            #expect(first.headers["connection"] == nil)
            let late = try await peer.response()
            #expect(late.body == "/late")
            #expect(late.headers["connection"] == "close")
            #expect(await peer.rest() == [])
        }
    }

    @Test("ends after CONNECT, which stops the decoder too")
    func connectMethod() async throws {
        try await with { _, peer in
            try await peer.send("CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n" + Wire.get("/lost"))
            #expect(try await peer.response().headers["connection"] == "close")
            #expect(await peer.rest() == [])
        }
    }

    @Test("ends when the client wants it to", arguments: ["close", "Close", "close, TE"])
    func connectionClose(_ value: String) async throws {
        try await with { _, peer in
            try await peer.send(Wire.get("/plain", extra: ["Connection: \(value)"]))
            let response = try await peer.response()
            #expect(response.body == "/plain")
            #expect(response.headers["connection"] == "close")
            #expect(await peer.rest() == [])
        }
    }

    @Test("does not lose the last answer when bytes nobody wants are still coming")
    func unreadBody() async throws {
        try await with { server, _ in
            // A client which first writes everything and then reads.
            let peer = try await RawPeer.connect(port: server.port, reads: false, staysOpen: true)
            let size = 8 << 20
            let head = "POST /plain HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(size)\r\n\r\n"
            try await peer.send(Array(head.utf8) + [UInt8](repeating: 97, count: size))
            try await peer.startReading()
            let response = try await peer.response()
            #expect(response.body == "/plain")
            #expect(await peer.rest() == [])
            await peer.close()
        }
    }

    @Test("answers a client which has shut its side")
    func halfClosed() async throws {
        try await with { _, peer in
            try await peer.send(Wire.get("/plain"))
            try await peer.shutOutput()
            #expect(try await peer.response().body == "/plain")
            #expect(await peer.rest() == [])
        }
    }

    @Test(
        "refuses a header above its limits with 431",
        arguments: [
            "X-Long: " + String(repeating: "x", count: 9 * 1024),
            (0..<120).map { "X-\($0): y" }.joined(separator: "\r\n"),
            (0..<9).map { "X-\($0): " + String(repeating: "y", count: 4 * 1024) }.joined(separator: "\r\n"),
        ])
    func largeHeader(_ fields: String) async throws {
        try await with { _, peer in
            await peer.trySend(Array(Wire.get("/plain", extra: [fields]).utf8))
            let response = try await peer.response()
            #expect(response.status == 431)
            #expect(response.headers["connection"] == "close")
        }
    }

    @Test(
        "refuses what is not HTTP with 400",
        arguments: ["\u{16}\u{03}\u{01} hello\r\n\r\n", "GET /a b HTTP/1.1\r\n\r\n", "NOISE\r\n\r\n"])
    func garbage(_ text: String) async throws {
        try await with { _, peer in
            try await peer.send(text)
            let response = try await peer.response()
            #expect(response.status == 400)
            #expect(await peer.rest() == [])
        }
    }

    @Test("refuses noise behind a good request and ends")
    func lateGarbage() async throws {
        try await with { _, peer in
            try await peer.send(Wire.get("/plain"))
            #expect(try await peer.response().body == "/plain")
            try await peer.send("NOISE NOISE NOISE\r\n\r\n")
            #expect(try await peer.response().status == 400)
            #expect(await peer.rest() == [])
        }
    }

    @Test("ends a connection on which nothing comes without a word")
    func noHeader() async throws {
        try await with(HTTPLimits { $0.headerDeadline = .milliseconds(50) }) { _, peer in
            #expect(await peer.rest() == [])
        }
    }

    @Test(
        "does not wait long for a header and says so",
        arguments: ["GET /pla", "GET /plain HTTP/1.1\r\nHost: x\r\nUpgrade: webso"])
    func halfHeader(_ start: String) async throws {
        try await with(HTTPLimits { $0.headerDeadline = .seconds(1) }) { _, peer in
            try await peer.send(start)
            try await Self.expectTimeout(peer)
        }
    }

    private static func expectTimeout(_ peer: RawPeer) async throws {
        let response = try await peer.response()
        #expect(response.status == 408)
        #expect(response.headers["connection"] == "close")
        #expect(response.body == "Request Timeout.\n")
        #expect(await peer.rest() == [])
    }

    @Test("does not wait long for the header of a second request")
    func halfSecondHeader() async throws {
        try await with(HTTPLimits { $0.headerDeadline = .seconds(1) }) { _, peer in
            try await peer.send(Wire.get("/plain"))
            #expect(try await peer.response().body == "/plain")
            try await peer.send("GET /se")
            try await Self.expectTimeout(peer)
        }
    }

    @Test("does not wait for a body for ever")
    func dripBody() async throws {
        try await with(HTTPLimits { $0.requestDeadline = .milliseconds(50) }) { _, peer in
            try await peer.send("POST /collect HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\na")
            try await Self.expectTimeout(peer)
        }
    }

    @Test("says nothing more when the answer has left before the body was whole")
    func dripBodyBehindAnswer() async throws {
        try await with(HTTPLimits { $0.requestDeadline = .seconds(1) }) { _, peer in
            try await peer.send("POST /plain HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\na")
            #expect(try await peer.response().body == "/plain")
            #expect(await peer.rest() == [])
        }
    }

    @Test("ends when it is idle")
    func idle() async throws {
        try await with(HTTPLimits { $0.idleTimeout = .milliseconds(50) }) { _, peer in
            try await peer.send(Wire.get("/plain"))
            #expect(try await peer.response().body == "/plain")
            #expect(await peer.rest() == [])
        }
    }

    @Test("takes no bytes while an upgrade is being decided")
    func heldReads() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let terms = UpgradeTerms(
            sockets: SocketLimits { $0.sockets = 1 }, http: HTTPLimits(), isSecure: false,
            malformed: UpgradeFault.plainResponse
        ) { _, _, _ in
            start.yield()
            _ = await gate.first { _ in true }
            return .accept(SocketAcceptance { EchoSession($0) })
        }
        let counter = ReadCounter()
        let (channel, connection) = try await accept(terms, behind: counter)
        try await channel.writeInbound(ByteBuffer(string: Wire.upgrade()))
        _ = await starts.first { _ in true }
        let before = counter.count
        for _ in 0..<5 { channel.read() }
        await channel.testingEventLoop.run()
        #expect(counter.count == before)
        open.yield()
        let response = try await channel.waitForOutboundWrite(as: ByteBuffer.self)
        #expect(String(buffer: response).hasPrefix("HTTP/1.1 101"))
        await channel.testingEventLoop.run()
        #expect(counter.count > before)
        _ = connection
        try await channel.close().get()
    }

    @Test("is closed when the server drops it unserved, at whatever point", arguments: ["", Wire.get("/plain")])
    func dropped(_ sent: String) async throws {
        let terms = UpgradeTerms(
            sockets: SocketLimits { $0.sockets = 1 }, http: HTTPLimits(), isSecure: false,
            malformed: UpgradeFault.plainResponse, decide: EchoSession.decide)
        var accepted: (channel: NIOAsyncTestingChannel, connection: AcceptedConnection)? = try await accept(terms)
        let channel = try #require(accepted?.channel)
        if !sent.isEmpty { try await channel.writeInbound(ByteBuffer(string: sent)) }
        accepted = nil
        await channel.testingEventLoop.run()
        try await channel.closeFuture.get()
    }

    private func accept(
        _ terms: UpgradeTerms, behind first: ReadCounter = ReadCounter()
    ) async throws -> (channel: NIOAsyncTestingChannel, connection: AcceptedConnection) {
        let channel = NIOAsyncTestingChannel()
        let server = SocketServer(terms: terms) { _, _, _ in }
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
        try await channel.pipeline.addHandler(first).get()
        let connection = try await channel.testingEventLoop.executeInContext {
            server.setup(channel: channel, logger: Logger(label: "test"))
        }.get()
        return (channel, connection)
    }
}

/// Counts how often the channel is asked for more bytes.
private final class ReadCounter: ChannelOutboundHandler, Sendable {
    typealias OutboundIn = IOData

    private let reads = Atomic(0)
    var count: Int { reads.load(ordering: .relaxed) }

    func read(context: ChannelHandlerContext) {
        reads.add(1, ordering: .relaxed)
        context.read()
    }
}
