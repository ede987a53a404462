public import NIOCore
import Synchronization

/// The server's end of one open WebSocket; may be used from any thread, and frames of one thread keep their order.
public final class SocketConnection: Sendable {
    /// Unique in this process; a higher one is newer.
    public let id: UInt64
    /// Where the session's calls happen.
    public let eventLoop: any EventLoop
    /// The peer's IP address without port, empty when unknown.
    public let remoteAddress: String
    private let channel: any Channel
    private let handler: NIOLoopBound<SocketHandler>

    private static let lastID = Atomic<UInt64>(0)
    private static let lastTimer = Atomic<UInt64>(0)

    init(channel: any Channel, handler: SocketHandler) {
        id = Self.lastID.add(1, ordering: .relaxed).newValue
        eventLoop = channel.eventLoop
        remoteAddress = channel.remoteAddress?.ipAddress ?? ""
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }

    /// False while the peer reads more slowly than we send, and for ever once the socket is closing. Durable data
    /// waits for `SocketSession.becameWritable()` instead of being sent now.
    public var isWritable: Bool {
        eventLoop.inEventLoop ? handler.value.canSend : channel.isActive && channel.isWritable
    }

    /// Sends one frame. Ignored once the socket is closing; a peer with too much unread is closed with `.slow`.
    public func send(_ frame: EncodedFrame) {
        if eventLoop.inEventLoop {
            // The path of a broadcast: no closure, no array.
            handler.value.send(frame)
        } else {
            eventLoop.execute { [handler] in handler.value.send(frame) }
        }
    }

    /// Sends frames in order with one flush.
    public func send(_ frames: [EncodedFrame]) {
        guard !frames.isEmpty else { return }
        onLoop { $0.send(frames) }
    }

    /// The same with a ping behind them, all in one write.
    public func send(_ frames: [EncodedFrame], thenPing payload: [UInt8]) {
        precondition(payload.count <= 125, "RFC 6455 §5.5: a control frame carries at most 125 bytes")
        onLoop { $0.send(frames, thenPing: payload) }
    }

    /// Begins a turn whose frames leave together at its end; on the event loop only.
    ///
    /// - Returns: false when one has begun already, which is not this caller's to end.
    func hold() -> Bool { handler.value.hold() }

    func release() { handler.value.release() }

    /// Where the peer has not confirmed what he was sent before, lets single frames wait for more of them until
    /// ``stopWaiting()``; on the event loop only. Everything else takes them along at once.
    ///
    /// - Returns: false when nothing waits, or waits already.
    func waitForMore() -> Bool { handler.value.waitForMore() }

    func stopWaiting() { handler.value.stopWaiting() }

    /// Lets the peer answer so many frames one by one, beside the messages that the rate allows him: who takes a long
    /// backlog and confirms each row of it is no flood. The session says of which message it was an answer, see
    /// ``answered()``.
    public func expect(answers: Int) {
        onLoop { $0.expect(answers: answers) }
    }

    /// The message that has just been received is one of the expected answers, and does not count.
    public func answered() {
        onLoop { $0.answered() }
    }

    /// Sends a ping; its payload (at most 125 bytes) comes back through `SocketSession.received(pong:)`.
    public func ping(_ payload: [UInt8]) {
        precondition(payload.count <= 125, "RFC 6455 §5.5: a control frame carries at most 125 bytes")
        onLoop { $0.ping(payload) }
    }

    /// Changes the mean time between the server's pings.
    public func ping(every interval: Duration) {
        onLoop { $0.ping(every: interval) }
    }

    /// Ends the socket: the last words (the session's, unless `farewell` is given), the closing frame, and a bounded
    /// wait for the peer's answer.
    public func close(_ disconnect: Disconnect, farewell: EncodedFrame? = nil) {
        onLoop { $0.close(disconnect, farewell: farewell) }
    }

    /// Starts a task which belongs to this connection: cancelled when it closes, never started when it is closed.
    public func run(_ operation: @escaping @Sendable () async -> Void) {
        onLoop { $0.start(operation) }
    }

    /// Starts a task behind all those started this way; on the event loop only. It runs to its end, whatever becomes of the
    /// connection meanwhile: what a client asked to be done once is not left half done because he has gone.
    ///
    /// - Returns: false when sixteen wait already, or the connection is closed: then nothing is started.
    public func runInOrder(_ operation: @escaping @Sendable () async -> Void) -> Bool {
        handler.value.startInOrder(operation)
    }

    /// Calls `work` on the event loop after a delay, unless the connection has closed or the timer was cancelled.
    @discardableResult
    public func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> SocketTimer {
        let timer = SocketTimer(connection: self, id: Self.lastTimer.add(1, ordering: .relaxed).newValue)
        onLoop { [id = timer.id] in $0.schedule(id, after: delay, work) }
        return timer
    }

    /// Moves the end of the socket: it closes with `.tokenExpired` after so long, whatever was said before.
    public func expire(in time: Duration) {
        onLoop { $0.expire(in: time) }
    }

    func cancelTimer(_ id: UInt64) {
        onLoop { $0.cancelTimer(id) }
    }

    /// Calls `work` on the event loop when the connection is gone, at once when it already is.
    func whenClosed(_ work: @escaping @Sendable () -> Void) {
        onLoop { $0.whenClosed(work) }
    }

    private func onLoop(_ work: @escaping @Sendable (SocketHandler) -> Void) {
        if eventLoop.inEventLoop {
            work(handler.value)
        } else {
            eventLoop.execute { [handler] in work(handler.value) }
        }
    }
}

/// A piece of work which waits on a connection.
public struct SocketTimer: Sendable {
    private let connection: SocketConnection
    let id: UInt64

    init(connection: SocketConnection, id: UInt64) {
        (self.connection, self.id) = (connection, id)
    }

    /// No effect when the work has already been done.
    public func cancel() {
        connection.cancelTimer(id)
    }
}
