/// Seconds for one metre of road: in the middle, and what nine of ten do not exceed.
///
/// Paces and not speeds, because the mean of paces is what predicts the mean of times.
public struct Pace: Sendable, Hashable {
    public var middle: Double
    public var slow: Double

    public init(middle: Double, slow: Double) {
        self.middle = middle
        self.slow = slow
    }

    /// Before anything has been learned.
    public static let prior = Pace(
        middle: 1 / TravelRules.metresPerSecond, slow: TravelRules.slowFactor / TravelRules.metresPerSecond)
}

/// The paces of the ways driven in one zone at one hour of its clocks, as sums that can be added to.
public struct PaceStatistics: Sendable, Hashable {
    public var count: Int
    public var sum: Double
    public var squares: Double

    public init(count: Int = 0, sum: Double = 0, squares: Double = 0) {
        self.count = count
        self.sum = sum
        self.squares = squares
    }

    /// What is assumed weighs as much as so many ways driven, so that a few samples change little. Ours.
    public static let priorWeight = 20.0
    /// Of a normal distribution, nine tenths lie below the mean plus so many deviations.
    private static let ninetieth = 1.2816

    /// What to expect, by what was assumed and what was seen.
    public var pace: Pace {
        guard count > 0, sum.isFinite, squares.isFinite else { return .prior }
        let weight = Self.priorWeight
        let prior = Pace.prior
        let deviation = (prior.slow - prior.middle) / Self.ninetieth
        let total = weight + Double(count)
        let mean = (weight * prior.middle + sum) / total
        let square = (weight * (deviation * deviation + prior.middle * prior.middle) + squares) / total
        let spread = max(square - mean * mean, 0).squareRoot()
        return Pace(middle: mean, slow: mean + Self.ninetieth * spread)
    }
}

/// What has been learned, by zone and hour.
public struct PaceTable: Sendable, Hashable {
    /// A zone's code (empty outside of all) and an hour of its clocks, 0 … 23.
    public struct Key: Sendable, Hashable {
        public var zone: String
        public var hour: Int

        public init(zone: String, hour: Int) {
            self.zone = zone
            self.hour = hour
        }
    }

    private let entries: [Key: PaceStatistics]

    public init(_ entries: [Key: PaceStatistics] = [:]) {
        self.entries = entries
    }

    public subscript(_ key: Key) -> Pace { entries[key]?.pace ?? .prior }
}
