import NIOCore

/// When to ping next and by when the peer must have shown life; pure arithmetic, the handler owns the clock.
///
/// Inbound bytes satisfy the deadline but never postpone the next ping, and the deadline starts when the ping has left
/// the write queue, not when it was queued. One that does not leave the queue is a peer who reads nothing: with less
/// behind it than the channel's water mark, nothing else would tell.
struct Heartbeat {
    enum Action: Hashable {
        case ping
        case giveUp
        case stalled
    }

    private var interval: Duration
    private let deadline: Duration
    private var nextPing: NIODeadline
    private let stall: Duration
    private var pongBy: NIODeadline?
    private var leavesBy: NIODeadline?

    init(interval: Duration, deadline: Duration, stall: Duration, now: NIODeadline) {
        (self.interval, self.deadline, self.stall) = (interval, deadline, stall)
        nextPing = now + Self.varied(interval)
    }

    /// The next moment at which `action(now:)` has something to say.
    var due: NIODeadline { [pongBy, leavesBy].compactMap(\.self).reduce(nextPing, min) }

    mutating func action(now: NIODeadline) -> Action? {
        if let pongBy, now >= pongBy { return .giveUp }
        if let leavesBy, now >= leavesBy { return .stalled }
        guard now >= nextPing else { return nil }
        nextPing = now + Self.varied(interval)
        if leavesBy == nil { leavesBy = now + TimeAmount(positive: stall) }
        return .ping
    }

    /// Pings so often from now on, the next time included where that is sooner.
    mutating func change(to interval: Duration, now: NIODeadline) {
        guard interval != self.interval else { return }
        self.interval = interval
        nextPing = min(nextPing, now + Self.varied(interval))
    }

    mutating func pingLeft(now: NIODeadline) {
        leavesBy = nil
        if pongBy == nil { pongBy = now + TimeAmount(positive: deadline) }
    }

    mutating func sawLife() {
        pongBy = nil
    }

    private static func varied(_ interval: Duration) -> TimeAmount {
        TimeAmount(positive: interval * Double.random(in: 0.8...1.2))
    }
}
