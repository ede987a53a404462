import Testing

@testable import Realtime

@Suite("A server which stops", .timeLimit(.minutes(5)))
struct ShutdownTests {
    @Test("fault 19: says farewell and 1012 to every socket and finishes")
    func sockets() async throws {
        let watch = Watch()
        try await LiveServer.with(decide: watch.decide(farewell: EncodedFrame(text: "restarting"))) { server in
            var peers: [RawPeer] = []
            for _ in 0..<5 { peers.append(try await server.open()) }
            await server.stop()
            for peer in peers {
                #expect(try await peer.frame().text == "restarting")
                #expect(try await peer.frame().code == 1012)
                try await peer.send(Wire.close(1012))
                #expect(await peer.rest() == [])
            }
        }
    }

    @Test("fault 19: closes sockets a batch at a time, and says when to come back")
    func batches() async throws {
        let limits = SocketLimits { ($0.drainBatch, $0.drainPause) = (2, .milliseconds(10)) }
        let drain = SocketDrain(limits)
        #expect((1...5).map { _ in drain.delay() } == [0, 0, 10, 10, 20].map { .milliseconds($0) })
        try await LiveServer.with(limits: limits, decide: EchoSession.decide) { server in
            var peers: [RawPeer] = []
            for _ in 0..<5 { peers.append(try await server.open()) }
            await server.stop()
            for peer in peers {
                let frame = try await peer.frame()
                #expect(frame.code == 1012)
                let hint = String(decoding: frame.payload.dropFirst(2), as: UTF8.self).split(separator: "=").last
                let seconds = try #require(hint.flatMap { Int($0) })
                #expect((0...5).contains(seconds))
                try await peer.send(Wire.close(1012))
            }
        }
    }

    @Test("fault 19: is left only when the last batch has gone, clients that answer nothing included")
    func emptied() async throws {
        let limits = SocketLimits {
            ($0.drainBatch, $0.drainPause, $0.closeDeadline) = (2, .milliseconds(20), .milliseconds(50))
        }
        let places = SocketPlaces(limits)
        try await LiveServer.with(limits: limits, places: places, decide: EchoSession.decide) { server in
            var peers: [RawPeer] = []
            for _ in 0..<7 { peers.append(try await server.open()) }
            #expect(places.count == 7)
            await server.stop()
            await places.emptied()
            #expect(places.count == 0)
            for peer in peers { #expect(try await peer.closeCode() == 1012) }
        }
    }

    @Test("fault 19: finishes although clients are silent in every state of a connection")
    func silentClients() async throws {
        let limits = SocketLimits { $0.closeDeadline = .milliseconds(50) }
        try await LiveServer.with(limits: limits, decide: EchoSession.decide) { server in
            let fresh = try await server.connect()
            let half = try await server.connect()
            try await half.send("GET / HT")
            let kept = try await server.connect()
            try await kept.send(Wire.get("/plain"))
            _ = try await kept.response()
            let socket = try await server.open()
            await server.stop()
            #expect(await fresh.rest() == [])
            #expect(await half.rest() == [])
            #expect(await kept.rest() == [])
            #expect(try await socket.closeCode() == 1012)
        }
    }

    @Test("fault 19: refuses the upgrade it was deciding about, or ends the socket with 1012")
    func duringDecision() async throws {
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let decide: UpgradeDecider = { _, _, _ in
            start.yield()
            _ = await gate.first { _ in true }
            return .accept(SocketAcceptance { EchoSession($0) })
        }
        try await LiveServer.with(limits: SocketLimits { $0.closeDeadline = .milliseconds(50) }, decide: decide) {
            server in
            let peer = try await server.connect()
            try await peer.send(Wire.upgrade())
            _ = await started.first { _ in true }
            await server.stop()
            open.yield()
            #expect(try await peer.response().status == 101)
            #expect(try await peer.closeCode() == 1012)
        }
    }
}
