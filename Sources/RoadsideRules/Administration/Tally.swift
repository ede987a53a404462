/// How often each whole number occurred, and what lies below and above it.
public struct Tally: Sendable, Hashable {
    /// By the number.
    private let counts: [(value: Int64, count: Int)]
    public let total: Int

    /// - Parameter counts: numbers with how often they occurred; those that never did are left out.
    public init(_ counts: [Int64: Int]) {
        self.counts = counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        total = self.counts.reduce(0) { $0 + $1.count }
    }

    /// The least number that is not below so much of all that occurred: the nearest rank, which is always a number that did
    /// occur. nil when none did.
    ///
    /// - Parameter percent: 1 … 100.
    public func percentile(_ percent: Int) -> Int64? {
        // Whole numbers, so that the rank is exact: ceil(total × percent ÷ 100).
        let rank = max(1, (total * min(max(percent, 1), 100) + 99) / 100)
        var seen = 0
        for (value, count) in counts {
            seen += count
            if seen >= rank { return value }
        }
        return nil
    }

    public static func == (a: Tally, b: Tally) -> Bool { a.counts.elementsEqual(b.counts) { $0 == $1 } }

    public func hash(into hasher: inout Hasher) {
        for (value, count) in counts {
            hasher.combine(value)
            hasher.combine(count)
        }
    }
}
