/// How long a way takes: the middle of what is to be expected, and what nine of ten do not exceed. Seconds.
public struct TravelTime: Sendable, Hashable {
    public var p50: Double
    public var p90: Double

    public init(p50: Double, p90: Double) {
        self.p50 = p50
        self.p90 = p90
    }
}

/// A rough arrival time until roads are known: straight line times 1.3, at 30 km/h of town traffic. Both numbers ours.
public enum TravelRules {
    public static let roadFactor = 1.3
    public static let metresPerSecond = 30_000.0 / 3600
    /// One way in ten takes half as long again as the middle one. Ours.
    public static let slowFactor = 1.5

    /// Whole seconds to drive this straight-line distance, at least a minute.
    public static func seconds(metres: Double) -> Int { Int(time(metres: metres).p50) }

    /// - Parameter metresPerSecond: of the traffic; the town's when nothing better is known.
    public static func time(metres: Double, metresPerSecond: Double = TravelRules.metresPerSecond) -> TravelTime {
        guard metres.isFinite, metres > 0, metresPerSecond > 0 else { return TravelTime(p50: 60, p90: 60 * slowFactor) }
        let middle = max(min((metres * roadFactor / metresPerSecond).rounded(), 1e9), 60)
        return TravelTime(p50: middle, p90: (middle * slowFactor).rounded())
    }
}
