/// How long a way takes: the middle of what is to be expected, and what nine of ten do not exceed. Seconds.
public struct TravelTime: Sendable, Hashable {
    public var p50: Double
    public var p90: Double
    public var source: Source

    /// Who says so. The raw values are stored and shown.
    public enum Source: String, CaseIterable, Sendable, Hashable {
        /// The straight line, and the speeds that the platform has learned.
        case estimate
        /// A routing engine that knows the roads.
        case roads
    }

    public init(p50: Double, p90: Double, source: Source = .estimate) {
        self.p50 = p50
        self.p90 = p90
        self.source = source
    }
}

/// A rough arrival time where roads are not known: straight line times 1.3, at 30 km/h of town traffic until something
/// better has been learned. Both numbers ours.
public enum TravelRules {
    public static let roadFactor = 1.3
    public static let metresPerSecond = 30_000.0 / 3600
    /// One way in ten takes half as long again as the middle one. Ours.
    public static let slowFactor = 1.5
    /// Nobody sets off, finds the place and gets out in less, however near. Ours.
    public static let leastSeconds = 60.0

    /// Whole seconds to drive this straight-line distance, at least a minute.
    public static func seconds(metres: Double) -> Int { Int(time(metres: metres).p50) }

    /// - Parameter metresPerSecond: of the traffic; the town's when nothing better is known.
    public static func time(metres: Double, metresPerSecond: Double = TravelRules.metresPerSecond) -> TravelTime {
        guard metresPerSecond > 0 else { return time(metres: 0, at: .prior) }
        return time(metres: metres, at: Pace(middle: 1 / metresPerSecond, slow: slowFactor / metresPerSecond))
    }

    /// - Parameter metres: in a straight line.
    public static func time(metres: Double, at pace: Pace) -> TravelTime {
        let road = metres.isFinite ? max(metres, 0) * roadFactor : 0
        func seconds(_ pace: Double, least: Double) -> Double { max(min((road * pace).rounded(), 1e9), least) }
        return TravelTime(
            p50: seconds(pace.middle, least: leastSeconds), p90: seconds(pace.slow, least: leastSeconds * slowFactor))
    }

    /// What a routing engine's answer means: it knows the roads, and nothing of today's traffic.
    public static func time(roadSeconds: Double) -> TravelTime {
        let middle = max(min(roadSeconds.rounded(), 1e9), leastSeconds)
        return TravelTime(p50: middle, p90: (middle * slowFactor).rounded(), source: .roads)
    }

    /// The pace of a way that has been driven; nil for one that teaches nothing: too short, or told late by somebody who
    /// pressed the button when he remembered to. Bounds ours.
    public static func pace(metres: Double, seconds: Double) -> Double? {
        guard metres >= 500, (60...7200).contains(seconds) else { return nil }
        let pace = seconds / (metres * roadFactor)
        return (1 / 40.0...1).contains(pace) ? pace : nil
    }
}
