import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import Realtime

/// Sends four frames by both ways as soon as the connection is there, and says what came of it.
private final class BothWays: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        let outbox = SocketOutbox(context: context)
        outbox.write(EncodedFrame(text: "waits"))
        let early = outbox.pass(EncodedFrame(text: "too early").bytes)
        outbox.flush()
        let late = outbox.pass(EncodedFrame(text: "goes past").bytes)
        outbox.hold(.reading)
        let held = outbox.pass(EncodedFrame(text: "in a turn").bytes)
        outbox.write(EncodedFrame(text: "early \(early), late \(late), held \(held)"))
        outbox.release(.reading)
    }
}

@Suite("The way out of a socket", .timeLimit(.minutes(5)))
struct SocketOutboxTests {
    @Test("passes the channel by only when nothing waits there and no turn is worked through")
    func order() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(BothWays())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let peer = try await RawPeer.connect(port: server.localAddress?.port ?? 0)
        for expected in ["waits", "goes past", "early false, late true, held false"] {
            #expect(try await peer.frame().text == expected)
        }
        try await server.close()
    }

    @Test("what one turn causes leaves in one write, in order, with the ping behind it")
    func oneWrite() throws {
        let (status, code) = (EncodedFrame(text: "accepted"), EncodedFrame(text: "4711"))
        let writes = try written { outbox in
            outbox.hold(.delivering)
            outbox.write([status], thenPing: [1])
            outbox.write([code], thenPing: [2])
            outbox.release(.delivering)
        }
        var expected = ByteBuffer()
        for frame in [status, .ping([1]), code, .ping([2])] { expected.writeImmutableBuffer(frame.bytes) }
        #expect(writes == [expected])
        // The frame itself belongs to all who get it.
        #expect(status.bytes == EncodedFrame(text: "accepted").bytes)
    }

    @Test("a turn inside another ends nothing, and the heartbeat does not overtake")
    func nestedTurns() throws {
        let writes = try written { outbox in
            outbox.hold(.reading)
            outbox.write(EncodedFrame(text: "first"))
            let isOutermost = outbox.hold(.delivering)
            let again = outbox.hold(.delivering)
            outbox.write(EncodedFrame(text: "second \(isOutermost) \(again)"))
            outbox.release(.delivering)
            outbox.heartbeat {}
            outbox.write(EncodedFrame(text: "third"))
            outbox.release(.reading)
        }
        let frames = [EncodedFrame(text: "first"), EncodedFrame(text: "second true false")]
        var before = ByteBuffer()
        for frame in frames { before.writeImmutableBuffer(frame.bytes) }
        #expect(writes == [before, EncodedFrame.ping([]).bytes, EncodedFrame(text: "third").bytes])
    }

    @Test("single frames wait for more while an outbox waits, and leave together when it ends")
    func waiting() throws {
        let frames = (1...3).map { EncodedFrame(text: "\($0)") }
        let writes = try written { outbox in
            outbox.hold(.waiting)
            for frame in frames {
                outbox.write(frame)
                outbox.flush()
            }
            outbox.flushWithoutWaiting()
            outbox.write(EncodedFrame(text: "alone"))
            outbox.flush()
        }
        var expected = ByteBuffer()
        for frame in frames { expected.writeImmutableBuffer(frame.bytes) }
        #expect(writes == [expected, EncodedFrame(text: "alone").bytes])
    }

    @Test("what does not wait takes along what waits, in order: a ping, a batch, the end of a turn")
    func takesAlong() throws {
        let (early, late) = (EncodedFrame(text: "early"), EncodedFrame(text: "late"))
        var expected = ByteBuffer()
        for frame in [early, late] { expected.writeImmutableBuffer(frame.bytes) }
        let ofTurn = try written { outbox in
            outbox.hold(.waiting)
            outbox.write(early)
            outbox.hold(.reading)
            outbox.write(late)
            outbox.release(.reading)
        }
        #expect(ofTurn == [expected])
        let ofBatch = try written { outbox in
            outbox.hold(.waiting)
            outbox.write(early)
            outbox.write([late], thenPing: [7])
        }
        expected.writeImmutableBuffer(EncodedFrame.ping([7]).bytes)
        #expect(ofBatch == [expected])
        let ofHeartbeat = try written { outbox in
            outbox.hold(.waiting)
            outbox.write(early)
            outbox.heartbeat {}
        }
        #expect(ofHeartbeat == [early.bytes, EncodedFrame.ping([]).bytes])
    }

    @Test("a turn that writes much is given to the channel in pieces and in order")
    func muchInOneTurn() throws {
        let frames = (0..<300).map { EncodedFrame(text: String(repeating: "\($0 % 10)", count: 1000)) }
        let writes = try written { outbox in
            outbox.hold(.delivering)
            for frame in frames { outbox.write(frame) }
            outbox.release(.delivering)
        }
        var (expected, all) = (ByteBuffer(), ByteBuffer())
        for frame in frames { expected.writeImmutableBuffer(frame.bytes) }
        for bytes in writes { all.writeImmutableBuffer(bytes) }
        #expect(all == expected)
        #expect((2...20).contains(writes.count))
    }

    /// What an outbox writes into a channel without a socket, where nothing goes past it.
    private func written(_ work: (SocketOutbox) -> Void) throws -> [ByteBuffer] {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(Bystander())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        work(SocketOutbox(context: try channel.pipeline.syncOperations.context(handlerType: Bystander.self)))
        var writes: [ByteBuffer] = []
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { writes.append(bytes) }
        _ = try channel.finish()
        return writes
    }
}

private final class Bystander: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
}
