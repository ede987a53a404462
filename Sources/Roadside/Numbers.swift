import Synchronization

/// Small numbers drawn from the database's counters: one at a time while they are asked for now and then, many at once
/// while they are asked for all the time, so that neither a quiet server leaves gaps nor a busy one a queue.
final class Numbers: Sendable {
    private struct Supply {
        /// Drawn and not given out yet; several ranges when several drew at the same time.
        var ranges: [ClosedRange<Int64>] = []
        var drawnAt: ContinuousClock.Instant?
        var count: Int64 = 1

        mutating func take() -> Int64? {
            guard let range = ranges.first else { return nil }
            ranges[0...0] = range.count == 1 ? [] : [range.lowerBound + 1...range.upperBound]
            return range.lowerBound
        }

        /// How many to draw now.
        mutating func order(at now: ContinuousClock.Instant) -> Int64 {
            let isBusy = drawnAt.map { $0.duration(to: now) < .seconds(1) } ?? false
            count = isBusy ? min(count * 2, Numbers.most) : 1
            drawnAt = now
            return count
        }
    }

    private static let most: Int64 = 64
    private let now: @Sendable () -> ContinuousClock.Instant
    private let supplies = Mutex<[NumberKind: Supply]>([:])

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// - Parameter draw: moves the counter by so many and returns where it stands then.
    func next<Failure: Error>(
        _ kind: NumberKind, draw: (Int64) async throws(Failure) -> Int64
    ) async throws(Failure) -> Int64 {
        let (number, count): (Int64?, Int64) = supplies.withLock { supplies in
            if let number = supplies[kind]?.take() { return (number, 0) }
            return (nil, supplies[kind, default: Supply()].order(at: now()))
        }
        if let number { return number }
        let last = try await draw(count)
        let first = last - count + 1
        if first < last { supplies.withLock { $0[kind, default: Supply()].ranges.append(first + 1...last) } }
        return first
    }
}
