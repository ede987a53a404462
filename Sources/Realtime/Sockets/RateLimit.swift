import NIOCore

/// A token bucket with a count of the messages it refused; the count is forgotten when the bucket is full again.
struct RateLimit {
    private let perSecond: Double
    private let burst: Double
    private var tokens: Double
    private var filledAt: NIODeadline
    private var answers = 0
    private(set) var strikes = 0

    init(perSecond: Double, burst: Int, now: NIODeadline) {
        (self.perSecond, self.burst, self.tokens, self.filledAt) = (perSecond, Double(burst), Double(burst), now)
    }

    /// Whether the next would be refused.
    func isEmpty(now: NIODeadline) -> Bool { filled(now) < 1 }

    /// Whether nothing is remembered any more.
    func isFull(now: NIODeadline) -> Bool { filled(now) >= burst }

    private func filled(_ now: NIODeadline) -> Double {
        min(burst, tokens + Double((now - filledAt).nanoseconds) / 1e9 * perSecond)
    }

    /// So many answers may come beside the messages, see ``answered()``.
    mutating func expect(answers more: Int) {
        answers = min(answers + more, Self.mostAnswers)
    }

    /// The message just admitted was an answer: if one was expected, it takes nothing from those that are none.
    mutating func answered() {
        guard answers > 0 else { return }
        answers -= 1
        tokens = min(burst, tokens + 1)
    }

    /// False when the message comes too early.
    mutating func admit(now: NIODeadline) -> Bool {
        tokens = filled(now)
        filledAt = now
        if tokens >= burst { strikes = 0 }
        guard tokens >= 1 else {
            strikes += 1
            return false
        }
        tokens -= 1
        return true
    }

    /// Ours: as far as a socket may lag behind (realtime.md §3.8).
    private static let mostAnswers = 1000
}
