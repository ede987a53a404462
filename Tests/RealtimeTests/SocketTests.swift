import NIOCore
import Testing

@testable import Realtime

@Suite("An open socket", .timeLimit(.minutes(5)))
struct SocketTests {
    @Test("returns what an echo session returns")
    func echo() async throws {
        try await LiveServer.with(decide: EchoSession.decide) { server in
            let peer = try await server.open()
            for text in ["", "hello", "Straße 🚗", String(repeating: "x", count: 16 * 1024)] {
                try await peer.send(Wire.text(text))
                #expect(try await peer.frame().text == text)
            }
        }
    }

    @Test("keeps the order of a thousand messages")
    func order() async throws {
        let limits = SocketLimits { $0.messageBurst = 2000 }
        try await LiveServer.with(limits: limits, decide: EchoSession.decide) { server in
            let peer = try await server.open()
            try await peer.send((0..<1000).flatMap { Wire.text("\($0)") })
            for number in 0..<1000 {
                #expect(try await peer.frame().text == "\(number)")
            }
        }
    }

    @Test("answers a ping between fragments with its payload")
    func ping() async throws {
        try await LiveServer.with(decide: EchoSession.decide) { server in
            let peer = try await server.open()
            try await peer.send(
                Wire.text("Hel", final: false) + Wire.frame(9, [1, 2, 3]) + Wire.frame(0, Array("lo".utf8)))
            #expect(try await peer.frame() == RawPeer.Frame(opcode: 10, payload: [1, 2, 3]))
            #expect(try await peer.frame().text == "Hello")
        }
    }

    @Test(
        "fault 12: ends with the code of the fault",
        arguments: [
            (Wire.frame(1, [97], masked: false), 1002), (Wire.frame(1, [97], reserved: 4), 1002), (Wire.frame(3), 1002),
            (Wire.frame(0, [97]), 1002), (Wire.frame(9, [], final: false), 1002), (Wire.frame(8, [1]), 1002),
            (Wire.close(1005), 1002), (Wire.frame(2, [1]), 1003), (Wire.frame(1, [0xFF]), 1007),
            (Wire.frame(1, [UInt8](repeating: 97, count: 16 * 1024 + 1)), 1009),
            ([0x81, 0xFF, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], 1009),
            (Array(Wire.get("/plain").utf8), 1002),
        ] as [([UInt8], UInt16)])
    func faults(_ bytes: [UInt8], _ code: UInt16) async throws {
        try await LiveServer.with(decide: EchoSession.decide) { server in
            let peer = try await server.open()
            await peer.trySend(bytes + [UInt8](repeating: 0x81, count: 4096))
            #expect(try await peer.closeCode() == code)
            #expect(await peer.rest() == [])
        }
    }

    @Test("fault 12: disturbs no other socket by its fault")
    func neighbours() async throws {
        try await LiveServer.with(decide: EchoSession.decide) { server in
            let good = try await server.open()
            let bad = try await server.open()
            await bad.trySend(Wire.frame(1, [0xFF]))
            #expect(try await bad.closeCode() == 1007)
            try await good.send(Wire.text("still here"))
            #expect(try await good.frame().text == "still here")
        }
    }

    @Test("answers a closing frame with its code and ends", arguments: [1000, 1001, 3000, 4999] as [UInt16])
    func clientCloses(_ code: UInt16) async throws {
        let watch = Watch()
        try await LiveServer.with(decide: watch.decide()) { server in
            let peer = try await server.open()
            try await peer.send(Wire.close(code, Array("bye".utf8)) + Wire.text("after the end"))
            #expect(try await peer.closeCode() == code)
            #expect(await peer.rest() == [])
            let events = await watch.notes.prefix { $0.event != .closed }.map(\.event).reduce(into: []) {
                $0.append($1)
            }
            #expect(events == [.opened])
        }
    }

    @Test("answers a closing frame without a code with one without a code")
    func bareClose() async throws {
        try await LiveServer.with(decide: EchoSession.decide) { server in
            let peer = try await server.open()
            try await peer.send(Wire.frame(8))
            #expect(try await peer.frame() == RawPeer.Frame(opcode: 8, payload: []))
            #expect(await peer.rest() == [])
        }
    }

    @Test("says its last words before it closes")
    func serverCloses() async throws {
        let watch = Watch()
        try await LiveServer.with(decide: watch.decide(farewell: EncodedFrame(text: "farewell"))) { server in
            let peer = try await server.open()
            let connection = try #require(await watch.opened())
            connection.close(.revoked)
            connection.send(EncodedFrame(text: "too late"))
            #expect(try await peer.frame().text == "farewell")
            #expect(try await peer.frame().code == 4403)
            try await peer.send(Wire.close(4403))
            #expect(await peer.rest() == [])
            #expect(await watch.next(.closed))
            #expect(!connection.isWritable)
        }
    }

    @Test("prefers the words given with the close")
    func givenFarewell() async throws {
        let watch = Watch()
        try await LiveServer.with(decide: watch.decide(farewell: EncodedFrame(text: "usual"))) { server in
            let peer = try await server.open()
            try #require(await watch.opened()).close(.tokenExpired, farewell: EncodedFrame(text: "special"))
            #expect(try await peer.frame().text == "special")
            #expect(try await peer.frame().code == 4401)
        }
    }

    @Test("is cut when the peer does not answer the closing frame")
    func unansweredClose() async throws {
        let watch = Watch()
        let limits = SocketLimits { $0.closeDeadline = .milliseconds(50) }
        try await LiveServer.with(limits: limits, decide: watch.decide()) { server in
            let peer = try await server.open()
            try #require(await watch.opened()).close(.done)
            #expect(try await peer.closeCode() == 1000)
            #expect(await peer.rest() == [])
        }
    }

    @Test("fault 9b: tells its session when the peer vanishes")
    func vanished() async throws {
        let watch = Watch()
        try await LiveServer.with(decide: watch.decide()) { server in
            let peer = try await server.open()
            await peer.close()
            #expect(await watch.next(.closed))
        }
    }

    @Test("delivers the answer to a ping with its payload")
    func receipts() async throws {
        let watch = Watch()
        try await LiveServer.with(decide: watch.decide()) { server in
            let peer = try await server.open()
            let connection = try #require(await watch.opened())
            connection.send(EncodedFrame(text: "row"))
            connection.ping([0, 0, 0, 0, 0, 0, 0, 42])
            #expect(try await peer.frame().text == "row")
            let ping = try await peer.frame()
            #expect(ping.opcode == 9)
            try await peer.send(Wire.frame(10, ping.payload))
            #expect(await watch.next(.pong([0, 0, 0, 0, 0, 0, 0, 42])))
        }
    }

    @Test("keeps the order of frames sent from outside its loop")
    func outsideOrder() async throws {
        let watch = Watch()
        try await LiveServer.with(decide: watch.decide()) { server in
            let peer = try await server.open()
            let connection = try #require(await watch.opened())
            for number in 0..<500 { connection.send(EncodedFrame(text: "\(number)")) }
            connection.send((500..<1000).map { EncodedFrame(text: "\($0)") })
            for number in 0..<1000 {
                #expect(try await peer.frame().text == "\(number)")
            }
        }
    }

    @Test("keeps the order while the kernel takes now all of a frame, now a part and now nothing")
    func partsInOrder() async throws {
        let watch = Watch()
        let limits = SocketLimits { $0.pendingBytes = 1 << 30 }
        try await LiveServer.with(limits: limits, decide: watch.decide()) { server in
            let peer = try await server.connect(receiveBuffer: 64 * 1024)
            try await peer.send(Wire.upgrade())
            #expect(try await peer.response().status == 101)
            let connection = try #require(await watch.opened())
            // Eight megabytes at once are more than the kernel takes.
            let filler = String(repeating: "x", count: 32 * 1024)
            for number in 0..<250 { connection.send(EncodedFrame(text: "\(number):" + filler)) }
            for number in 0..<250 {
                let text = try await peer.frame().text
                try #require(text.hasPrefix("\(number):"))
                try #require(text.hasSuffix(":" + filler))
            }
        }
    }

    @Test("fault 8: closes a peer which does not read with 4008, after everything it had accepted")
    func slowReader() async throws {
        let watch = Watch()
        let limits = SocketLimits { $0.pendingBytes = 128 * 1024 }
        try await LiveServer.with(limits: limits, decide: watch.decide()) { server in
            let peer = try await server.connect(reads: false, receiveBuffer: 4096)
            try await peer.send(Wire.upgrade())
            let connection = try #require(await watch.opened())
            let filler = String(repeating: "x", count: 32 * 1024)
            // More than any socket buffer of the machine; all but the first megabytes are refused.
            for number in 0..<1000 { connection.send(EncodedFrame(text: "\(number):" + filler)) }
            #expect(await watch.next(.closing(4008)))
            try await peer.startReading()
            #expect(try await peer.response().status == 101)
            var next = 0
            while case let frame = try await peer.frame() {
                if frame.opcode == 8 {
                    #expect(frame.code == 4008)
                    break
                }
                #expect(frame.text.hasPrefix("\(next):"))
                next += 1
            }
            #expect(next > 0)
        }
    }

    @Test("tells its session when the peer reads again")
    func writableAgain() async throws {
        let watch = Watch()
        let limits = SocketLimits { $0.pendingBytes = 1 << 30 }
        try await LiveServer.with(limits: limits, decide: watch.decide()) { server in
            let peer = try await server.connect(reads: false, receiveBuffer: 4096)
            try await peer.send(Wire.upgrade())
            let connection = try #require(await watch.opened())
            let filler = EncodedFrame(text: String(repeating: "x", count: 1 << 20))
            for _ in 0..<16 { connection.send(filler) }
            try await connection.eventLoop.submit { #expect(!connection.isWritable) }.get()
            try await peer.startReading()
            #expect(await watch.next(.writable))
        }
    }
}
