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
