/// The moment by which a caller wants an answer, on a clock that nobody sets.
public struct Deadline: Sendable, Hashable, Comparable {
    let instant: ContinuousClock.Instant

    /// The deadline of the current task; see ``current``. Set it with `Deadline.$scoped.withValue(…)`.
    @TaskLocal public static var scoped: Deadline?

    /// What the current task is bound to, else ten seconds from now (trust.md §1.9).
    public static var current: Deadline { scoped ?? .after(.seconds(10)) }

    /// The moment `duration` from now.
    public static func after(_ duration: Duration) -> Deadline {
        Deadline(instant: ContinuousClock.now.advanced(by: duration))
    }

    /// The time left; zero once the moment has passed.
    public var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: instant)) }

    public var hasPassed: Bool { ContinuousClock.now >= instant }

    public static func < (a: Self, b: Self) -> Bool { a.instant < b.instant }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
