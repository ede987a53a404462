import NIOCore

/// The only channel handler of an open WebSocket: reads frames, writes bytes, keeps the deadlines.
///
/// It sits where the HTTP handlers were, so an idle socket costs one handler, one timer and its session.
final class SocketHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case opening
        case open
        /// Our closing frame is out, theirs is awaited; their other frames are read and forgotten.
        case closing
        /// The peer broke the protocol or has said all: bytes are forgotten until the connection ends.
        case deaf
        case closed
    }

    /// First and side by side: a broadcast comes to thousands of handlers for these two, and finds none of them in a cache.
    private var phase = Phase.opening
    private var outbox: SocketOutbox?

    /// Of the limits what is asked later: all of them would be two hundred bytes in each socket.
    private let (pendingBytes, rateWarnings): (Int, Int)
    private let (writeStall, closeDeadline): (TimeAmount, TimeAmount)
    private let drain: SocketDrain
    private let makeSession: (SocketConnection) -> any SocketSession
    private let onClose: @Sendable (UInt16?) -> Void
    /// Why this side wanted the end.
    private var ending: UInt16?
    private var context: ChannelHandlerContext?
    private var session: (any SocketSession)?
    private var reader: FrameReader

    private var heartbeat: Heartbeat
    private var rate: RateLimit
    private var stalledAt: NIODeadline?
    private var cutAt: NIODeadline?
    private let wheel: TimerWheel
    private var alarm = Alarm()

    private let work: ConnectionWork
    private var closeListeners: [() -> Void] = []

    init(
        limits: SocketLimits, drain: SocketDrain, loop: any EventLoop, wheel: TimerWheel,
        onClose: @escaping @Sendable (UInt16?) -> Void = { _ in },
        session: @escaping (SocketConnection) -> any SocketSession
    ) {
        (pendingBytes, rateWarnings) = (limits.pendingBytes, limits.rateWarnings)
        (writeStall, closeDeadline) = (
            TimeAmount(positive: limits.writeStall), TimeAmount(positive: limits.closeDeadline)
        )
        self.drain = drain
        self.onClose = onClose
        self.wheel = wheel
        work = ConnectionWork(loop: loop, wheel: wheel)
        makeSession = session
        reader = FrameReader(
            messageLimit: limits.messageBytes, fragmentLimit: limits.fragments, allowsBinary: limits.allowsBinary)
        heartbeat = Heartbeat(
            interval: limits.pingInterval, deadline: limits.pongDeadline, stall: limits.writeStall, now: loop.now)
        rate = RateLimit(perSecond: limits.messageRate, burst: limits.messageBurst, now: loop.now)
    }
}

// MARK: - The channel's calls

extension SocketHandler {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let connection = SocketConnection(channel: context.channel, handler: self)
        let session = makeSession(connection)
        self.session = session
        phase = .open
        let outbox = SocketOutbox(context: context)
        self.outbox = outbox
        if !outbox.isWritable { stalledAt = context.eventLoop.now }
        arm()
        // The 101 waits in the channel: it leaves with the session's first frames, and a client which sees it knows
        // that the session has been opened (and has joined its topics).
        outbox.hold(.reading)
        session.opened(connection)
        outbox.release(.reading)
        outbox.flushNow()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase == .open || phase == .closing else { return }
        heartbeat.sawLife()
        outbox?.hold(.reading)
        var buffer = unwrapInboundIn(data)
        do throws(Disconnect) {
            while phase == .open || phase == .closing, let event = try reader.next(&buffer) {
                handle(event)
            }
        } catch {
            fail(error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        endRead()
        context.fireChannelReadComplete()
    }

    /// All bytes of this turn are here: what they caused may leave.
    func endRead() {
        outbox?.release(.reading)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            stalledAt = nil
            if phase == .open {
                outbox?.payOwedPong()
                session?.becameWritable()
            }
        } else {
            stalledAt = context.eventLoop.now
            arm()
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            leave()
        case ChannelEvent.inputClosed:
            // The peer will never answer a frame again.
            context.close(promise: nil)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

// MARK: - Inbound

extension SocketHandler {
    private func handle(_ event: FrameReader.Event) {
        switch event {
        case .close(let code): answerClose(code)
        case _ where phase == .closing: break
        case .text(let bytes): if admit() { session?.received(text: bytes) }
        case .binary(let bytes): if admit() { session?.received(binary: bytes) }
        case .ping(let payload): if admit() { outbox?.answerPing(payload) }
        case .pong(let payload): receivePong(payload)
        }
    }

    private func admit() -> Bool {
        guard let context else { return false }
        if rate.admit(now: context.eventLoop.now) { return true }
        if rate.strikes > rateWarnings {
            close(.rateLimited, farewell: nil)
        } else {
            session?.exceededRate(strikes: rate.strikes)
        }
        return false
    }

    /// A pong nobody asked for costs as much as a message, or a flood of them would be free.
    private func receivePong(_ payload: [UInt8]) {
        guard outbox?.countPong() == true || admit() else { return }
        if !payload.isEmpty { session?.received(pong: payload) }
    }

    private func answerClose(_ code: UInt16?) {
        guard let context else { return }
        if phase == .open {
            work.end()
            outbox?.write(code.map { .close(Disconnect(code: $0, reason: "")) } ?? .bareClose)
        }
        phase = .deaf
        setCut()
        outbox?.flushThen { context.close(promise: nil) }
    }
}

// MARK: - Outbound

extension SocketHandler {
    var canSend: Bool { phase == .open && outbox?.isWritable == true }

    /// The path of a broadcast.
    func send(_ frame: EncodedFrame) {
        guard phase == .open, outbox?.pass(frame.bytes) == false else { return }
        guard let outbox = outbox(for: CollectionOfOne(frame)) else { return }
        outbox.write(frame)
        outbox.flush()
    }

    func send(_ frames: some Collection<EncodedFrame>) {
        guard let outbox = outbox(for: frames) else { return }
        for frame in frames { outbox.write(frame) }
        outbox.flushWithoutWaiting()
    }

    /// See ``SocketConnection/hold()``.
    func hold() -> Bool { outbox?.hold(.delivering) ?? false }

    func release() { outbox?.release(.delivering) }

    /// See ``SocketConnection/waitForMore()``.
    func waitForMore() -> Bool { phase == .open && outbox?.waitForMore() == true }

    func stopWaiting() { outbox?.flushWithoutWaiting() }

    func send(_ frames: some Collection<EncodedFrame>, thenPing payload: [UInt8]) {
        outbox(for: frames)?.write(frames, thenPing: payload)
    }

    /// nil when the socket is closing, or closes now because too much is unread.
    private func outbox(for frames: some Collection<EncodedFrame>) -> SocketOutbox? {
        guard phase == .open, let outbox else { return nil }
        if !outbox.isWritable {
            let size = frames.reduce(0) { $0 + $1.bytes.readableBytes }
            guard outbox.waiting + size <= pendingBytes else {
                close(.slow, farewell: nil)
                return nil
            }
        }
        return outbox
    }

    /// See ``SocketConnection/expect(answers:)``.
    func expect(answers: Int) { rate.expect(answers: answers) }

    /// See ``SocketConnection/answered()``.
    func answered() { rate.answered() }

    func ping(_ payload: [UInt8]) {
        guard phase == .open else { return }
        outbox?.ping(payload)
    }
}

// MARK: - The end

extension SocketHandler {
    func close(_ disconnect: Disconnect, farewell: EncodedFrame?) {
        guard phase == .open else { return }
        phase = .closing
        sayGoodbye(disconnect, farewell: farewell)
        outbox?.flushNow()
        setCut()
    }

    /// The server stops: this socket closes when its batch has its turn.
    private func leave() {
        let delay = drain.delay()
        guard delay > .zero else { return close(.restartSoon, farewell: nil) }
        work.schedule(.max, after: delay) { self.close(.restartSoon, farewell: nil) }
    }

    /// The stream has lost its frame borders: nothing more can be understood, so our side of the connection is shut and
    /// the rest is read only to keep a reset from eating the closing frame.
    private func fail(_ disconnect: Disconnect) {
        guard let context else { return }
        let isFirst = phase == .open
        phase = .deaf
        if isFirst { sayGoodbye(disconnect, farewell: nil) }
        setCut()
        outbox?.flushThen { context.close(mode: .output, promise: nil) }
    }

    /// The phase has changed already, so that a session which closes or sends while it is asked changes nothing.
    private func sayGoodbye(_ disconnect: Disconnect, farewell: EncodedFrame?) {
        ending = disconnect.code
        work.end()
        if let words = farewell ?? session?.closing(disconnect) { outbox?.write(words) }
        outbox?.write(.close(disconnect))
    }

    private func setCut() {
        guard cutAt == nil, let context else { return }
        cutAt = context.eventLoop.now + closeDeadline
        arm()
    }

    private func finish() {
        guard phase != .closed else { return }
        phase = .closed
        work.end()
        alarm.cancel()
        (context, outbox) = (nil, nil)
        let listeners = closeListeners
        closeListeners = []
        for listener in listeners { listener() }
        session?.closed()
        session = nil
        onClose(ending)
    }
}

// MARK: - What the connection owns

extension SocketHandler {
    func start(_ operation: @escaping @Sendable () async -> Void) {
        work.start(operation)
    }

    /// See ``SocketConnection/runInOrder(_:)``.
    func startInOrder(_ operation: @escaping @Sendable () async -> Void) -> Bool {
        work.startInOrder(operation)
    }

    func schedule(_ id: UInt64, after delay: Duration, _ action: @escaping () -> Void) {
        work.schedule(id, after: delay, action)
    }

    func cancelTimer(_ id: UInt64) {
        work.cancelTimer(id)
    }

    func expire(in time: Duration) {
        // Timers of the session are numbered from 1.
        work.cancelTimer(0)
        work.schedule(0, after: time) { self.close(.tokenExpired, farewell: nil) }
    }

    func whenClosed(_ work: @escaping () -> Void) {
        if phase == .closed { work() } else { closeListeners.append(work) }
    }
}

// MARK: - Deadlines

extension SocketHandler {
    private func arm() {
        guard context != nil, let due = nextDeadline() else { return }
        alarm.set(for: due, on: wheel) {
            self.alarm.rang()
            self.ring()
        }
    }

    private func nextDeadline() -> NIODeadline? {
        if phase == .closing || phase == .deaf { return cutAt }
        guard let stalledAt else { return heartbeat.due }
        return min(heartbeat.due, stalledAt + writeStall)
    }

    private func ring() {
        guard let context else { return }
        let now = context.eventLoop.now
        if let cutAt, now >= cutAt {
            context.close(promise: nil)
            return
        }
        if phase == .open {
            if let stalledAt, now >= stalledAt + writeStall {
                close(.slow, farewell: nil)
            } else {
                beat(context, now: now)
            }
        }
        arm()
    }

    /// See ``SocketConnection/ping(every:)``.
    func ping(every interval: Duration) {
        guard let context else { return }
        heartbeat.change(to: interval, now: context.eventLoop.now)
        arm()
    }

    private func beat(_ context: ChannelHandlerContext, now: NIODeadline) {
        switch heartbeat.action(now: now) {
        case .giveUp:
            close(.heartbeat, farewell: nil)
        case .stalled:
            close(.slow, farewell: nil)
        case .ping:
            outbox?.heartbeat {
                self.heartbeat.pingLeft(now: context.eventLoop.now)
                self.arm()
            }
        case nil:
            break
        }
    }
}
