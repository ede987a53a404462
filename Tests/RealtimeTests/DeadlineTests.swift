import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Realtime

/// A way out that takes everything and lets nothing go.
private final class Stuck: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private var promises: [EventLoopPromise<Void>?] = []

    var writes: Int { promises.count }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promises.append(promise)
    }

    func flush(context: ChannelHandlerContext) {}

    func fail() {
        for promise in promises { promise?.fail(ChannelError.eof) }
    }
}

@Suite("The clock of a socket")
struct DeadlineTests {
    @Test("pings within 16 to 24 seconds")
    func ping() throws {
        let bench = try Bench()
        bench.advance(.milliseconds(15_999))
        #expect(try bench.sent().isEmpty)
        bench.advance(.milliseconds(8_001))
        #expect(try bench.sent() == [RawPeer.Frame(opcode: 9, payload: [])])
    }

    @Test("fault 9: closes with 4009 after eight seconds of silence behind a ping")
    func silence() throws {
        let bench = try Bench()
        try bench.advanceToPing()
        bench.advance(.seconds(8))
        #expect(try bench.sent().first?.code == 4009)
        #expect(bench.events == [.opened, .closing(4009)])
        bench.advance(.seconds(5))
        #expect(!bench.isOpen)
        #expect(bench.events.last == .closed)
    }

    @Test("takes any byte as life, even half a frame")
    func life() throws {
        let bench = try Bench()
        try bench.advanceToPing()
        bench.advance(.seconds(7))
        try bench.receive([0x81])
        bench.advance(.seconds(8))
        #expect(bench.events == [.opened])
    }

    @Test("goes on pinging a peer which talks all the time")
    func cadence() throws {
        let bench = try Bench()
        for _ in 0..<100 {
            try bench.receive(Wire.text("x"))
            bench.advance(.seconds(1))
        }
        let pings = try bench.sent().filter { $0.opcode == 9 }.count
        #expect((4...6).contains(pings))
    }

    @Test("pings more often or less often when it is told to, but never later than was planned")
    func pace() throws {
        let bench = try Bench()
        bench.connection?.ping(every: .seconds(10))
        bench.advance(.milliseconds(7_999))
        #expect(try bench.sent().isEmpty)
        bench.advance(.milliseconds(4_001))
        #expect(try bench.sent() == [RawPeer.Frame(opcode: 9, payload: [])])
        try bench.receive(Wire.frame(10))
        bench.connection?.ping(every: .seconds(100))
        bench.advance(.milliseconds(12_000))
        #expect(try bench.sent() == [RawPeer.Frame(opcode: 9, payload: [])])
        try bench.receive(Wire.frame(10))
        bench.advance(.seconds(71))
        #expect(try bench.sent().isEmpty)
    }

    @Test("does not show the session the answer to an empty heartbeat")
    func quietPong() throws {
        let bench = try Bench()
        try bench.advanceToPing()
        try bench.receive(Wire.frame(10))
        bench.advance(.seconds(8))
        #expect(bench.events == [.opened])
        #expect(bench.isOpen)
    }

    @Test("repeats the newest receipt in the heartbeat, since a client may answer only the newest ping")
    func repeatedReceipt() throws {
        let bench = try Bench()
        bench.connection?.ping([1, 2])
        #expect(try bench.sent().map(\.payload) == [[1, 2]])
        #expect(try bench.advanceToPing()?.payload == [1, 2])
        try bench.receive(Wire.frame(10, [1, 2]))
        #expect(bench.events == [.opened, .pong([1, 2])])
    }

    @Test("fault 8: closes with 4008 when nothing could be sent for ten seconds")
    func stall() throws {
        let bench = try Bench()
        bench.setWritable(false)
        bench.advance(.milliseconds(9_999))
        #expect(bench.events == [.opened])
        bench.advance(.milliseconds(1))
        #expect(bench.events == [.opened, .closing(4008)])
    }

    @Test("fault 8: closes with 4008 when a ping does not leave for ten seconds, though the channel takes more")
    func stuckPing() throws {
        let bench = try Bench()
        let stuck = Stuck()
        try bench.channel.pipeline.syncOperations.addHandler(stuck, position: .first)
        bench.advance(.seconds(24))
        #expect(stuck.writes == 1 && bench.events == [.opened])
        bench.advance(.seconds(10))
        // A ping that left early in its window has been followed by the end itself.
        #expect(bench.events.prefix(2) == [.opened, .closing(4008)])
        stuck.fail()
    }

    @Test("forgives stalls which ended in time")
    func shortStalls() throws {
        let bench = try Bench()
        for second in 0..<45 {
            if second % 9 == 0 {
                bench.setWritable(true)
                bench.setWritable(false)
            }
            try bench.receive([])
            bench.advance(.seconds(1))
        }
        #expect(bench.events.allSatisfy { $0 == .opened || $0 == .writable })
    }

    @Test("fault 10: ends a session at the time of its acceptance")
    func expiry() throws {
        let bench = try Bench()
        let handler = try bench.channel.pipeline.syncOperations.handler(type: SocketHandler.self)
        handler.expire(in: .seconds(3))
        bench.advance(.milliseconds(2_999))
        #expect(bench.events == [.opened])
        bench.advance(.milliseconds(1))
        #expect(bench.events == [.opened, .closing(4401)])
    }

    @Test("calls scheduled work unless it was cancelled or the socket has closed")
    func schedule() throws {
        let bench = try Bench()
        let calls = Mutex<[String]>([])
        let note = { @Sendable (name: String) in calls.withLock { $0.append(name) } }
        bench.connection?.schedule(after: .seconds(1)) { note("kept") }
        bench.connection?.schedule(after: .seconds(1)) { note("cancelled") }.cancel()
        bench.connection?.schedule(after: .seconds(3)) { note("too late") }
        bench.advance(.seconds(2))
        bench.connection?.close(.done)
        bench.connection?.schedule(after: .seconds(1)) { note("after the end") }
        bench.advance(.seconds(60))
        #expect(calls.withLock { $0 } == ["kept"])
    }

    @Test("is cut when the closing frame stays unanswered")
    func closeDeadline() throws {
        let bench = try Bench()
        bench.connection?.close(.done)
        bench.advance(.milliseconds(4_999))
        #expect(bench.isOpen)
        bench.advance(.milliseconds(1))
        #expect(!bench.isOpen)
    }
}
