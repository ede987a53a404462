import NIOCore
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
        outbox.hold()
        let held = outbox.pass(EncodedFrame(text: "in a turn").bytes)
        outbox.write(EncodedFrame(text: "early \(early), late \(late), held \(held)"))
        outbox.release()
    }
}

@Suite("The way out of a socket", .timeLimit(.minutes(1)))
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
}
