import NIOCore

/// The event that a request which has begun did not come whole in time and may be answered with 408.
struct RequestOverdue {}

/// Keeps the deadlines of an HTTP connection, next to the socket where every byte passes.
///
/// A request's header, its body, the silence between requests and a peer which does not read are bounded each by its
/// own time; a body which keeps coming earns more of it. It also ends connections gently: our side is shut first, and
/// what still comes in is read and forgotten for a moment, since closing with unread bytes would send a reset and could
/// destroy the last response.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private enum Phase {
        case silent(until: NIODeadline)
        case header(until: NIODeadline)
        case body(until: NIODeadline)
        /// The server's turn; it keeps its own deadlines.
        case responding
        /// The answer to an overdue request is on its way out.
        case leaving(until: NIODeadline)
        case lingering(until: NIODeadline)
    }

    let limits: HTTPLimits
    private var phase = Phase.responding
    /// A connection on which nothing was ever sent ends without a word.
    private var hasReceived = false
    private var body = BodyProgress()
    private var isInputClosed = false
    private var stallsAt: NIODeadline?
    private let wheel: TimerWheel
    private var alarm = Alarm()
    private var context: ChannelHandlerContext?

    init(limits: HTTPLimits, wheel: TimerWheel) {
        (self.limits, self.wheel) = (limits, wheel)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        enter(.header(until: after(limits.headerDeadline)))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm.cancel()
        self.context = nil
    }
}

// MARK: - What the HTTP side tells

extension ConnectionGuard {
    func headerEnded() {
        body = BodyProgress(startedAt: context?.eventLoop.now ?? .now())
        enter(.body(until: after(limits.requestDeadline)))
    }

    func requestEnded() { enter(.responding) }

    /// All requests so far have been answered.
    func becameIdle() { enter(.silent(until: after(limits.idleTimeout))) }

    /// Said by who answers a `RequestOverdue`; otherwise the connection is closed at once.
    func answersOverdue() { enter(.leaving(until: after(limits.lingerTime))) }

    /// Shuts our side now, and the connection when the peer has shut his or the time is over.
    func linger() {
        guard let context else { return }
        if case .lingering = phase { return }
        phase = .lingering(until: after(limits.lingerTime))
        arm()
        let shut = context.eventLoop.makePromise(of: Void.self)
        shut.futureResult.assumeIsolated().whenComplete { [self] _ in
            if isInputClosed { context.close(promise: nil) }
        }
        context.close(mode: .output, promise: shut)
        context.read()
    }

    /// The promise of a last write: when it has left or failed, the connection lingers.
    func lingerAfter(_ promise: EventLoopPromise<Void>?, _ loop: any EventLoop) -> EventLoopPromise<Void> {
        let left = promise ?? loop.makePromise(of: Void.self)
        left.futureResult.assumeIsolated().whenComplete { _ in self.linger() }
        return left
    }

    private func enter(_ next: Phase) {
        switch phase {
        case .lingering, .leaving: return
        case .silent, .header, .body, .responding: break
        }
        phase = next
        arm()
    }
}

// MARK: - The channel's calls

extension ConnectionGuard {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasReceived = true
        switch phase {
        case .lingering, .leaving: return
        case .silent: enter(.header(until: after(limits.headerDeadline)))
        case .body: body.arrived(unwrapInboundIn(data).readableBytes)
        case .header, .responding: break
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .lingering = phase { context.read() }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stallsAt = context.channel.isWritable ? nil : after(limits.writeStall)
        arm()
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            isInputClosed = true
            if case .lingering = phase { return context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }
}

// MARK: - The clock

extension ConnectionGuard {
    private func after(_ duration: Duration) -> NIODeadline {
        (context?.eventLoop.now ?? .now()) + TimeAmount(positive: duration)
    }

    private var due: NIODeadline? {
        switch phase {
        case .silent(let until), .header(let until), .body(let until), .leaving(let until),
            .lingering(let until):
            stallsAt.map { min($0, until) } ?? until
        case .responding: stallsAt
        }
    }

    private func arm() {
        guard context != nil, let due else { return }
        alarm.set(for: due, on: wheel) {
            self.alarm.rang()
            self.ring()
        }
    }

    /// A request has begun and its time is over; a peer which does not read is no matter of the request.
    private var isOverdue: Bool {
        guard let context else { return false }
        if let stallsAt, stallsAt <= context.eventLoop.now { return false }
        return switch phase {
        case .header, .body: true
        case .silent, .responding, .leaving, .lingering: false
        }
    }

    private func ring() {
        guard let context, let due else { return }
        guard context.eventLoop.now >= due else { return arm() }
        if case .body(let until) = phase, until <= context.eventLoop.now,
            let later = body.extension(at: context.eventLoop.now, limits)
        {
            phase = .body(until: later)
            return arm()
        }
        if isOverdue, hasReceived {
            context.fireUserInboundEventTriggered(RequestOverdue())
            switch phase {
            case .leaving, .lingering: return
            case .silent, .header, .body, .responding: break
            }
        }
        context.close(promise: nil)
    }
}
