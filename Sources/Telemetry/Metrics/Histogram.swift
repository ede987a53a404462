import Synchronization

/// How often something took how long, in buckets.
public final class Histogram: Sendable {
    /// From a millisecond to ten seconds, seconds. Ours: what a request or a call of the database may take.
    public static let usual = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    struct Reading: Sendable {
        /// How many took at most so long; the last is how many there were.
        var counts: [Int]
        var nanoseconds = 0
    }

    let bounds: [Double]
    private let limits: [Int]
    private let reading: Mutex<Reading>

    /// - Parameter bounds: the upper ends of the buckets, seconds, rising.
    public init(bounds: [Double] = Histogram.usual) {
        self.bounds = bounds
        limits = bounds.map { Int($0 * 1e9) }
        reading = Mutex(Reading(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    public func record(_ time: Duration) {
        let nanoseconds = time.nanoseconds
        let bucket = limits.firstIndex { nanoseconds <= $0 } ?? limits.count
        reading.withLock { reading in
            reading.counts[bucket] += 1
            reading.nanoseconds += nanoseconds
        }
    }

    /// Summed up, as Prometheus wants it.
    var summed: Reading {
        var reading = reading.withLock { $0 }
        for bucket in reading.counts.indices.dropFirst() { reading.counts[bucket] += reading.counts[bucket - 1] }
        return reading
    }
}
