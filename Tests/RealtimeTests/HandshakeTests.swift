import HTTPTypes
import HummingbirdCore
import NIOCore
import Testing

@testable import Realtime

@Suite("The opening handshake", .timeLimit(.minutes(5)))
struct HandshakeTests {
    @Test("answers with 101 and the accept key of RFC 6455")
    func accepted() async throws {
        try await LiveServer.with(decide: EchoSession.decide) { server in
            let peer = try await server.connect()
            try await peer.send(Wire.upgrade())
            let response = try await peer.response()
            #expect(response.status == 101)
            #expect(response.headers["upgrade"] == "websocket")
            #expect(response.headers["connection"]?.lowercased() == "upgrade")
            #expect(response.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(response.headers["sec-websocket-protocol"] == nil)
        }
    }

    @Test("carries the chosen protocol and further fields")
    func acceptanceFields() async throws {
        let decide: UpgradeDecider = { _, _, _ in
            .accept(
                SocketAcceptance(headers: [.init("X-Request-ID")!: "7"], subprotocol: "fixoncall.v1") {
                    EchoSession($0)
                })
        }
        try await LiveServer.with(decide: decide) { server in
            let peer = try await server.connect()
            try await peer.send(Wire.upgrade(extra: ["Sec-WebSocket-Protocol: bearer.x, fixoncall.v1"]))
            let response = try await peer.response()
            #expect(response.headers["sec-websocket-protocol"] == "fixoncall.v1")
            #expect(response.headers["x-request-id"] == "7")
        }
    }

    @Test("shows the decider the request as it came")
    func seenByDecider() async throws {
        let decide: UpgradeDecider = { request, channel, _ in
            let seen = [
                request.path ?? "", request.headerFields[.authorization] ?? "", channel.remoteAddress?.ipAddress ?? "",
            ]
            return .refuse(
                Response(status: .forbidden, body: .init(byteBuffer: ByteBuffer(string: seen.joined(separator: "|")))))
        }
        try await LiveServer.with(decide: decide) { server in
            let peer = try await server.connect()
            try await peer.send(Wire.upgrade("/ws/bookings/?since=3", extra: ["Authorization: Bearer abc"]))
            #expect(try await peer.response().body == "/ws/bookings/?since=3|Bearer abc|127.0.0.1")
        }
    }

    @Test("keeps frames which came before the 101")
    func earlyFrames() async throws {
        try await LiveServer.with(decide: EchoSession.decide) { server in
            let peer = try await server.connect()
            try await peer.send(Array(Wire.upgrade().utf8) + Wire.text("early"))
            #expect(try await peer.response().status == 101)
            #expect(try await peer.frame().text == "early")
        }
    }
}

@Suite("A refused upgrade", .timeLimit(.minutes(5)))
struct RefusedUpgradeTests {
    private static let refuse: UpgradeDecider = { _, _, _ in
        .refuse(
            Response(
                status: .unauthorized, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"success":false}"#))))
    }

    @Test("is an ordinary response with its body, and the connection ends")
    func answered() async throws {
        try await LiveServer.with(decide: Self.refuse) { server in
            let peer = try await server.connect()
            try await peer.send(Wire.upgrade())
            let response = try await peer.response()
            #expect(response.status == 401)
            #expect(response.body == #"{"success":false}"#)
            #expect(response.headers["content-type"] == "application/json")
            #expect(response.headers["connection"] == "close")
            #expect(await peer.rest() == [])
        }
    }

    @Test("is answered to a client which has already shut its side")
    func halfClosed() async throws {
        try await LiveServer.with(decide: Self.refuse) { server in
            let peer = try await server.connect()
            try await peer.send(Wire.upgrade())
            // The refusal may have come and ended the connection before this.
            try? await peer.shutOutput()
            #expect(try await peer.response().status == 401)
        }
    }

    @Test("may have a streamed body")
    func streamed() async throws {
        let decide: UpgradeDecider = { _, _, _ in
            .refuse(
                Response(
                    status: .forbidden,
                    body: ResponseBody { writer in
                        try await writer.write(ByteBuffer(string: "no "))
                        try await writer.write(ByteBuffer(string: "entry"))
                        try await writer.finish(nil)
                    }))
        }
        try await LiveServer.with(decide: decide) { server in
            let peer = try await server.connect()
            try await peer.send(Wire.upgrade())
            let response = try await peer.response()
            #expect(response.body == "no entry")
            #expect(response.headers["content-length"] == "8")
        }
    }

    @Test("leaves requests behind it unserved but lets no client wait")
    func pipelined() async throws {
        try await LiveServer.with(decide: Self.refuse) { server in
            let peer = try await server.connect()
            try await peer.send(Wire.upgrade() + Wire.get("/plain"))
            #expect(try await peer.response().status == 401)
            #expect(await peer.rest() == [])
        }
    }

    @Test(
        "is worded by the dialect when the handshake is malformed",
        arguments: [
            (Wire.upgrade(method: "POST"), .method), (Wire.upgrade(connection: "keep-alive"), .connection),
            (Wire.upgrade(key: "short"), .key), (Wire.upgrade(key: "dGhlIHNhbXBsZSBub25jZ!=="), .key),
            (Wire.upgrade(extra: ["Sec-WebSocket-Key: \(Wire.key)"]), .key),
            (Wire.upgrade(version: "8"), .version), (Wire.upgrade(version: "13, 8"), .version),
            (Wire.upgrade().replacing("HTTP/1.1", with: "HTTP/1.0"), .httpVersion),
        ] as [(String, UpgradeFault)])
    func malformed(_ request: String, _ fault: UpgradeFault) async throws {
        let word: UpgradeFaultResponder = { _, fault, _, _ in
            Response(status: fault.status, body: ResponseBody(byteBuffer: ByteBuffer(string: "dialect: \(fault)")))
        }
        try await LiveServer.with(malformed: word, decide: EchoSession.decide) { server in
            let peer = try await server.connect()
            try await peer.send(request)
            let response = try await peer.response()
            #expect(response.status == (fault == .version ? 426 : 400))
            #expect(response.body == "dialect: \(fault)")
            #expect(response.headers["sec-websocket-version"] == (fault == .version ? "13" : nil))
            #expect(await peer.rest() == [])
        }
    }

    @Test(
        "answers at once a handshake with a body, whether the body comes or not",
        arguments: [
            "Content-Length: 5|", "Content-Length: 5|hello", "Transfer-Encoding: chunked|",
            "Transfer-Encoding: chunked|5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked|no chunk",
        ])
    func withBody(_ form: String) async throws {
        let parts = form.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        let word: UpgradeFaultResponder = { _, fault, _, _ in
            Response(status: fault.status, body: ResponseBody(byteBuffer: ByteBuffer(string: "dialect: \(fault)")))
        }
        // Waiting for the body would outlast the suite's time limit.
        let http = HTTPLimits { $0.requestDeadline = .seconds(600) }
        try await LiveServer.with(http: http, malformed: word, decide: EchoSession.decide) { server in
            let peer = try await server.connect()
            try await peer.send(Wire.upgrade(extra: [parts[0]], body: parts[1]))
            let response = try await peer.response()
            #expect(response.status == 400)
            #expect(response.body == "dialect: body")
            #expect(response.headers["connection"] == "close")
            #expect(await peer.rest() == [])
        }
    }

    @Test("is not for a handshake which says that it has no body")
    func emptyBody() async throws {
        try await LiveServer.with(decide: EchoSession.decide) { server in
            _ = try await server.open(extra: ["Content-Length: 0"])
        }
    }

    @Test("to HEAD has no body")
    func head() async throws {
        try await LiveServer.with(decide: EchoSession.decide) { server in
            let peer = try await server.connect()
            try await peer.send(Wire.upgrade(method: "HEAD"))
            #expect(try await peer.response(head: true).status == 400)
            #expect(await peer.rest() == [])
        }
    }

    @Test("lets so many handshakes a second in, and asks nobody about an address that keeps failing")
    func admission() throws {
        let start = NIODeadline.uptimeNanoseconds(1)
        let limits = SocketLimits { ($0.handshakeRate, $0.failureRate, $0.failureBurst) = (2, 1, 3) }
        let admission = UpgradeAdmission(limits, now: start)
        let faults = (1...3).map { _ in admission.fault(for: "a", now: start) }
        #expect(faults == [nil, nil, .overloaded])
        let later = start + .seconds(10)
        for _ in 1...3 { admission.failed("a", now: later) }
        #expect(admission.fault(for: "a", now: later) == .tooManyFailures)
        #expect(admission.fault(for: "b", now: later) == nil)
        #expect(admission.fault(for: "a", now: later + .seconds(1)) == nil)
        let behindProxy = UpgradeAdmission(SocketLimits { ($0.failureRate, $0.failureBurst) = (0, 0) }, now: start)
        behindProxy.failed("proxy", now: start)
        #expect(behindProxy.fault(for: "proxy", now: start) == nil)
    }

    @Test("says 429 to an address that keeps failing, and 503 to a storm")
    func refusesStorms() async throws {
        let stubborn = SocketLimits { ($0.failureRate, $0.failureBurst) = (0.001, 2) }
        let refuse: UpgradeDecider = { _, _, _ in .refuse(Response(status: .unauthorized)) }
        try await LiveServer.with(limits: stubborn, decide: refuse) { server in
            var answers: [Int] = []
            for _ in 1...3 { answers.append(try await answer(server).status) }
            #expect(answers == [401, 401, 429])
            #expect(try await answer(server).headers["retry-after"] == "5")
        }
        let crowded = SocketLimits { $0.handshakeRate = 0.001 }
        try await LiveServer.with(limits: crowded, decide: EchoSession.decide) { server in
            var answers: [Int] = []
            for _ in 1...2 { answers.append(try await answer(server).status) }
            #expect(answers == [101, 503])
        }
    }

    private func answer(_ server: LiveServer) async throws -> RawPeer.Response {
        let peer = try await server.connect()
        try await peer.send(Wire.upgrade())
        return try await peer.response()
    }

    @Test("says 503 when all places are taken, and a closed socket makes room")
    func places() async throws {
        let watch = Watch()
        try await LiveServer.with(limits: SocketLimits { $0.sockets = 1 }, decide: watch.decide()) { server in
            let first = try await server.open()
            let second = try await server.connect()
            try await second.send(Wire.upgrade())
            let response = try await second.response()
            #expect(response.status == 503)
            #expect(response.headers["retry-after"] == "5")
            try await first.send(Wire.close(1000))
            #expect(await watch.next(.closed))
            _ = try await server.open()
        }
    }

    @Test("gives its place back")
    func refusalsTakeNoPlace() async throws {
        try await LiveServer.with(limits: SocketLimits { $0.sockets = 1 }, decide: Self.refuse) { server in
            for _ in 0..<3 {
                let peer = try await server.connect()
                try await peer.send(Wire.upgrade())
                #expect(try await peer.response().status == 401)
            }
        }
    }

    @Test("says 503 when no decision comes in time")
    func undecided() async throws {
        let (never, sink) = AsyncStream.makeStream(of: Void.self)
        let decide: UpgradeDecider = { _, _, _ in
            for await _ in never {}
            return .refuse(Response(status: .forbidden))
        }
        let http = HTTPLimits { $0.decisionDeadline = .milliseconds(20) }
        try await LiveServer.with(http: http, decide: decide) { server in
            let peer = try await server.connect()
            try await peer.send(Wire.upgrade())
            #expect(try await peer.response().status == 503)
        }
        sink.finish()
    }

    @Test("is not waited for when the client has gone")
    func clientGone() async throws {
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        let (never, sink) = AsyncStream.makeStream(of: Void.self)
        let decide: UpgradeDecider = { _, _, _ in
            start.yield()
            for await _ in never {}
            end.yield(Task.isCancelled)
            return .refuse(Response(status: .forbidden))
        }
        try await LiveServer.with(decide: decide) { server in
            let peer = try await server.connect()
            try await peer.send(Wire.upgrade())
            _ = await started.first { _ in true }
            try await peer.reset()
            let ended = await ends.first { _ in true }
            #expect(ended == true)
        }
        sink.finish()
    }
}
