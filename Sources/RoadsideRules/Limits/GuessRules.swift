public import FoundationEssentials

/// How long who was wrong waits before he is listened to again: not at all at first, then twice as long each time.
/// Nobody is ever locked out (trust.md T13, NIST SP 800-63B-4 §3.2.2).
public struct GuessRules: Sendable, Hashable {
    /// Wrong tries in a row that cost nothing: people mistype.
    public var free: Int
    /// The first wait, in seconds.
    public var firstDelay: Double
    /// The longest wait, in seconds.
    public var longestDelay: Double
    /// So many seconds after the last try all is forgotten.
    public var memory: Double

    /// Ours: with a quarter of an hour between tries somebody who never tires has some hundred of them a day.
    public init(free: Int = 5, firstDelay: Double = 1, longestDelay: Double = 900, memory: Double = 24 * 3600) {
        self.free = max(1, free)
        self.firstDelay = max(0, firstDelay)
        self.longestDelay = max(firstDelay, longestDelay)
        self.memory = max(longestDelay, memory)
    }

    /// While guesses come from everywhere: the first mistake already costs a wait, and that four times as long. Ours.
    public var strict: GuessRules {
        GuessRules(free: 1, firstDelay: firstDelay * 4, longestDelay: longestDelay, memory: memory)
    }

    /// Seconds between the last of so many wrong tries and the next one.
    public func delay(after wrong: Int) -> Double {
        guard wrong >= free else { return 0 }
        return min(firstDelay * Double(1 << min(wrong - free, 30)), longestDelay)
    }

    /// Seconds until the next try; 0 when it may be now.
    public func wait(_ record: GuessRecord, now: Date) -> Double {
        let passed = now.timeIntervalSince(record.last)
        // Of tries at the same moment the later may have been read the earlier time. A clock that was set back by more
        // keeps nobody waiting until it has caught up.
        guard passed > -Self.skew else { return 0 }
        return max(0, delay(after: record.wrong) - max(passed, 0))
    }

    /// In seconds; ours.
    private static let skew = 5.0

    /// Counts a try before anybody knows what it is worth, so that parallel guesses cannot share one.
    public func tried(_ record: GuessRecord?, now: Date) -> GuessRecord {
        guard let record, now.timeIntervalSince(record.last) < memory else { return GuessRecord(wrong: 1, last: now) }
        return GuessRecord(wrong: record.wrong + 1, last: now)
    }
}

/// The wrong tries in a row at one secret.
public struct GuessRecord: Sendable, Hashable {
    public var wrong: Int
    public var last: Date

    public init(wrong: Int, last: Date) {
        self.wrong = wrong
        self.last = last
    }
}
