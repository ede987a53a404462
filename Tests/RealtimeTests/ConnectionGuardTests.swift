import NIOCore
import NIOEmbedded
import Testing

@testable import Realtime

@Suite("The deadlines of an HTTP connection")
struct ConnectionGuardTests {
    private func channel() throws -> (EmbeddedChannel, ConnectionGuard) {
        let channel = EmbeddedChannel()
        let guardHandler = ConnectionGuard(limits: HTTPLimits(), wheel: TimerWheel(loop: channel.eventLoop))
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        try channel.pipeline.syncOperations.addHandler(guardHandler)
        return (channel, guardHandler)
    }

    @Test("give a header ten seconds however many bytes drip in")
    func header() throws {
        let (channel, _) = try channel()
        for _ in 0..<9 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try channel.writeInbound(ByteBuffer(string: "G"))
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("give a request thirty seconds and the server's answer no end")
    func request() throws {
        let (channel, connectionGuard) = try channel()
        connectionGuard.headerEnded()
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(channel.isActive)
        connectionGuard.requestEnded()
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        connectionGuard.becameIdle()
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(!channel.isActive)
    }

    @Test("give a peer which does not read twenty seconds")
    func writeStall() throws {
        let (channel, connectionGuard) = try channel()
        connectionGuard.headerEnded()
        connectionGuard.requestEnded()
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .seconds(19))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("forget what comes while a connection lingers, and end it")
    func linger() throws {
        let (channel, connectionGuard) = try channel()
        connectionGuard.linger()
        if channel.isActive {
            try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\n"))
            #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }
}

@Suite("The time of a body")
struct BodyTimeTests {
    private func channel() throws -> (EmbeddedChannel, ConnectionGuard) {
        let channel = EmbeddedChannel()
        let guardHandler = ConnectionGuard(limits: HTTPLimits(), wheel: TimerWheel(loop: channel.eventLoop))
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        try channel.pipeline.syncOperations.addHandler(guardHandler)
        return (channel, guardHandler)
    }

    /// Seconds until the connection ends while so many bytes come each second, at most an hour.
    private func life(bytesPerSecond: (Int) -> Int) throws -> Int {
        let (channel, connectionGuard) = try channel()
        connectionGuard.headerEnded()
        for second in 1...3600 {
            let count = bytesPerSecond(second)
            if count > 0 { try channel.writeInbound(ByteBuffer(repeating: 0, count: count)) }
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            if !channel.isActive { return second }
        }
        return 3600
    }

    @Test("thirty seconds when it drips, ten minutes when it comes fast enough")
    func rates() throws {
        #expect(try life { _ in 1 } == 30)
        #expect(try life { _ in 3 * 512 } == 30)
        #expect(try life { _ in 64 * 1024 } == 600)
    }

    @Test("slower than the rate that is asked for, it still has what has come at that rate")
    func slowly() throws {
        // 4 KiB earn half a second.
        let seconds = try life { _ in 4 * 1024 }
        #expect((58...61).contains(seconds))
    }

    @Test("a large part that came at once buys no time to drip")
    func pretence() throws {
        let seconds = try life { second in second == 1 ? 8 << 20 : 1 }
        #expect(seconds == 60)
    }

    @Test("one body's haste is not the next one's")
    func next() throws {
        let (channel, connectionGuard) = try channel()
        connectionGuard.headerEnded()
        try channel.writeInbound(ByteBuffer(repeating: 0, count: 8 << 20))
        connectionGuard.requestEnded()
        connectionGuard.becameIdle()
        try channel.writeInbound(ByteBuffer(string: "POST"))
        connectionGuard.headerEnded()
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }
}
