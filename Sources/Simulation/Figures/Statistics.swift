import Foundation

/// The few numbers that a report boils its samples down to.
public enum Statistics {
    /// nil of nothing.
    public static func mean(_ samples: [Double]) -> Double? {
        samples.isEmpty ? nil : samples.reduce(0, +) / Double(samples.count)
    }

    /// The least sample that so many percent do not exceed (nearest rank); nil of nothing.
    ///
    /// - Parameter percent: above 0, at most 100.
    public static func percentile(_ percent: Double, of samples: [Double]) -> Double? {
        guard !samples.isEmpty else { return nil }
        let rank = (percent / 100 * Double(samples.count)).rounded(.up)
        return samples.sorted()[min(max(Int(rank), 1), samples.count) - 1]
    }

    /// Gini's coefficient: 0 when everybody has the same, nearly 1 when one has all. 0 of nothing.
    public static func gini(_ amounts: [Double]) -> Double {
        let total = amounts.reduce(0, +)
        guard total > 0 else { return 0 }
        let weighted = amounts.sorted().enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
        let count = Double(amounts.count)
        return 2 * weighted / (count * total) - (count + 1) / count
    }

    /// Lorenz's curve: the share of all that the poorest so many have together, from (0, 0) to (1, 1).
    public static func lorenz(_ amounts: [Double]) -> [(x: Double, y: Double)] {
        let total = amounts.reduce(0, +)
        guard total > 0 else { return [(0, 0), (1, 1)] }
        var sum = 0.0
        let curve = amounts.sorted().enumerated().map { index, amount in
            sum += amount
            return (x: Double(index + 1) / Double(amounts.count), y: sum / total)
        }
        return [(0, 0)] + curve
    }

    /// The share of samples up to each value, rising from 0 to 1; empty of nothing.
    public static func distribution(_ samples: [Double]) -> [(x: Double, y: Double)] {
        let sorted = samples.sorted()
        guard let least = sorted.first else { return [] }
        return [(x: least, y: 0)]
            + sorted.enumerated().map { (x: $0.element, y: Double($0.offset + 1) / Double(sorted.count)) }
    }
}

/// Mean and percentiles of one thing.
public struct Spread: Sendable, Hashable {
    public let samples: [Double]

    public init(_ samples: [Double]) { self.samples = samples }

    public var mean: Double? { Statistics.mean(samples) }
    public var p50: Double? { Statistics.percentile(50, of: samples) }
    public var p90: Double? { Statistics.percentile(90, of: samples) }
}
