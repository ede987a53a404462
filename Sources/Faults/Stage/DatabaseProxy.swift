import NIOCore
import NIOPosix
import Synchronization

/// Stands between a server and the database, and can make the doorbell fall silent as a dead network path does: the
/// connection stays, and nothing comes any more.
final class DatabaseProxy: Sendable {
    private let listener: any Channel
    private let streams: Streams

    /// Connections on which a change stream was opened.
    fileprivate final class Streams: Sendable {
        private struct State {
            var open: Set<ObjectIdentifier> = []
            var mute: Set<ObjectIdentifier> = []
        }

        private let state = Mutex(State())

        func noteOpen(_ id: ObjectIdentifier) { state.withLock { _ = $0.open.insert(id) } }
        func noteEnd(_ id: ObjectIdentifier) {
            state.withLock { state in
                state.open.remove(id)
                state.mute.remove(id)
            }
        }
        func isMute(_ id: ObjectIdentifier) -> Bool { state.withLock { $0.mute.contains(id) } }
        func muteAll() -> Int {
            state.withLock { state in
                state.mute = state.open
                return state.mute.count
            }
        }
    }

    /// - Parameter port: of the database.
    init(to port: Int) async throws {
        let streams = Streams()
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { inbound in
                ClientBootstrap(group: inbound.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .connect(host: "127.0.0.1", port: port)
                    .flatMap { outbound in
                        inbound.eventLoop.makeCompletedFuture {
                            let id = ObjectIdentifier(inbound)
                            try inbound.pipeline.syncOperations.addHandler(
                                ProxyHandler(to: outbound, id: id, streams: streams, isFromServer: true))
                            try outbound.pipeline.syncOperations.addHandler(
                                ProxyHandler(to: inbound, id: id, streams: streams, isFromServer: false))
                        }.flatMap {
                            outbound.setOption(.autoRead, value: true)
                        }.flatMap {
                            inbound.setOption(.autoRead, value: true)
                        }
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.streams = streams
    }

    var port: Int { listener.localAddress?.port ?? 0 }

    /// From now on nothing comes over the connections that carry a change stream now. Later ones are as they should be.
    ///
    /// - Returns: how many there were.
    func silenceStreams() -> Int { streams.muteAll() }

    /// Takes no more connections; those that are there end with their sides.
    func close() async {
        try? await listener.close().get()
    }
}

/// Passes on what one side says.
private final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let id: ObjectIdentifier
    private let streams: DatabaseProxy.Streams
    private let isFromServer: Bool

    init(to other: any Channel, id: ObjectIdentifier, streams: DatabaseProxy.Streams, isFromServer: Bool) {
        self.other = other
        self.id = id
        self.streams = streams
        self.isFromServer = isFromServer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if isFromServer {
            // The command that opens a stream is sent on its connection and is a single small message.
            if bytes.readableBytes < 4096, bytes.readableBytesView.firstRange(of: Self.opening) != nil {
                streams.noteOpen(id)
            }
        } else if streams.isMute(id) {
            return
        }
        other.writeAndFlush(bytes, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        streams.noteEnd(id)
        other.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private static let opening = Array("$changeStream".utf8)
}
