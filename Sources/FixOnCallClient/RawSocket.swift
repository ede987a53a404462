public import NIOCore
import NIOPosix

/// A plain TCP connection, for conversations that no client library would hold.
public final class RawSocket: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<RawHandler>

    private init(channel: any Channel, handler: NIOLoopBound<RawHandler>) {
        self.channel = channel
        self.handler = handler
    }

    deinit { channel.close(promise: nil) }

    /// - Throws: ``ClientError/unreachable(_:)``.
    public static func connect(host: String, port: Int, group: any EventLoopGroup) async throws -> RawSocket {
        do {
            return try await ClientBootstrap(group: group).connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = RawHandler(loop: channel.eventLoop)
                    try channel.pipeline.syncOperations.addHandler(handler)
                    return RawSocket(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
                }
            }
        } catch { throw ClientError.unreachable("\(error)") }
    }

    /// A connection on an event loop of the process.
    public static func connect(host: String, port: Int) async throws -> RawSocket {
        try await connect(host: host, port: port, group: MultiThreadedEventLoopGroup.singleton)
    }

    public func write(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    public func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// Everything that has arrived since the last read, as soon as `isEnough` says so of it.
    ///
    /// - Throws: ``ClientError/timedOut``; what has arrived stays for the next read. ``ClientError/closed(received:)``
    ///   with everything that has arrived, when the connection ends first.
    public func read(
        within timeout: Duration = .seconds(60), until isEnough: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws -> [UInt8] {
        try await channel.eventLoop.flatSubmit { [handler] in
            handler.value.read(within: timeout, until: isEnough)
        }.get()
    }

    /// Everything that has arrived since the last read, as soon as it contains `text`.
    public func read(until text: String, within timeout: Duration = .seconds(60)) async throws -> [UInt8] {
        let wanted = Array(text.utf8)
        return try await read(within: timeout) { $0.contains(wanted) }
    }

    /// Everything that arrives until the other side ends the connection.
    public func readToEnd(within timeout: Duration = .seconds(60)) async throws -> [UInt8] {
        do { return try await read(within: timeout) { _ in false } } catch ClientError.closed(let received) {
            return received
        }
    }

    public func close() async throws {
        do { try await channel.close().get() } catch ChannelError.alreadyClosed {}
    }
}

/// Gathers bytes, and lets one reader at a time wait for them.
private final class RawHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private struct Reader {
        let isEnough: @Sendable ([UInt8]) -> Bool
        let promise: EventLoopPromise<[UInt8]>
    }

    private let loop: any EventLoop
    private var received: [UInt8] = []
    private var isOver = false
    private var reader: Reader?

    init(loop: any EventLoop) { self.loop = loop }

    func read(
        within timeout: Duration, until isEnough: @escaping @Sendable ([UInt8]) -> Bool
    ) -> EventLoopFuture<[UInt8]> {
        precondition(reader == nil, "one read at a time")
        let promise = loop.makePromise(of: [UInt8].self)
        let alarm = loop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) {
            self.reader = nil
            promise.fail(ClientError.timedOut)
        }
        promise.futureResult.whenComplete { _ in alarm.cancel() }
        reader = Reader(isEnough: isEnough, promise: promise)
        settle()
        return promise.futureResult
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.append(contentsOf: unwrapInboundIn(data).readableBytesView)
        settle()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        settle()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func settle() {
        guard let reader else { return }
        let isEnough = reader.isEnough(received)
        guard isEnough || isOver else { return }
        self.reader = nil
        let bytes = received
        received = []
        if isEnough {
            reader.promise.succeed(bytes)
        } else {
            reader.promise.fail(ClientError.closed(received: bytes))
        }
    }
}
