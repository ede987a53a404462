import NIOCore

/// The way out of one socket: frames go to the channel as bytes, and everything one turn of the loop causes leaves
/// with one flush.
final class SocketOutbox {
    private let context: ChannelHandlerContext
    private var isHeld = false
    private var needsFlush = false
    /// The newest ping which came while nothing could be sent (RFC 6455 §5.5.3 allows to answer only that one).
    private var owedPong: [UInt8]?
    private var pingsInFlight = 0
    private var lastPing: [UInt8] = []

    init(context: ChannelHandlerContext) {
        self.context = context
    }

    var isWritable: Bool { context.channel.isWritable }

    /// Bytes which wait for the peer to read.
    var waiting: Int {
        isWritable ? 0 : (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func write(_ frame: EncodedFrame, promise: EventLoopPromise<Void>? = nil) {
        context.write(NIOAny(frame.bytes), promise: promise)
        needsFlush = true
    }

    /// Sends what was written, unless a turn is still being worked through.
    func flush() {
        guard needsFlush, !isHeld else { return }
        flushNow()
    }

    func flushNow() {
        needsFlush = false
        context.flush()
    }

    /// Begins a turn: what is written now leaves at its end.
    func hold() {
        isHeld = true
    }

    func release() {
        isHeld = false
        flush()
    }

    /// Sends everything and calls `work` when it has left or failed.
    func flushThen(_ work: @escaping () -> Void) {
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in work() }
        context.write(NIOAny(ByteBuffer()), promise: promise)
        flushNow()
    }
}

// MARK: - Pings

extension SocketOutbox {
    func ping(_ payload: [UInt8]) {
        lastPing = payload
        pingsInFlight += 1
        write(.ping(payload))
        flush()
    }

    /// The heartbeat repeats the newest payload, because a client may answer only the newest ping.
    func heartbeat(left: @escaping () -> Void) {
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess(left)
        pingsInFlight += 1
        write(.ping(lastPing), promise: promise)
        flush()
    }

    /// False when the pong answers no ping of ours.
    func countPong() -> Bool {
        guard pingsInFlight > 0 else { return false }
        pingsInFlight -= 1
        return true
    }

    func answerPing(_ payload: [UInt8]) {
        guard isWritable else {
            owedPong = payload
            return
        }
        write(.pong(payload))
        flush()
    }

    func payOwedPong() {
        guard let payload = owedPong else { return }
        owedPong = nil
        write(.pong(payload))
        flush()
    }
}
