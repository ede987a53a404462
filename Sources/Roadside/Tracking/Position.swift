public import FoundationEssentials
public import RoadsideRules

/// Where a provider says he is.
public struct Position: Sendable, Hashable {
    public var point: GeoPoint
    /// Degrees clockwise from north, 0 ..< 360.
    public var heading: Double?
    /// Metres per second.
    public var speed: Double?
    /// Radius of uncertainty in metres.
    public var accuracy: Double?
    /// When he was there; now, when absent.
    public var fixAt: Date?

    public init(
        point: GeoPoint, heading: Double? = nil, speed: Double? = nil, accuracy: Double? = nil, fixAt: Date? = nil
    ) {
        self.point = point
        self.heading = heading
        self.speed = speed
        self.accuracy = accuracy
        self.fixAt = fixAt
    }
}

extension Position {
    /// A clock may be fast by so much (realtime.md §3.8).
    static let futureLimit = 30.0

    /// Every fault at once; empty for a position that can be believed.
    func issues(now: Date) -> [FieldIssue] {
        var issues: [FieldIssue] = []
        func check(_ name: String, _ value: Double?, _ isGood: (Double) -> Bool, _ message: String) {
            if let value, !value.isFinite || !isGood(value) { issues.append(FieldIssue(name: name, message: message)) }
        }
        check("heading", heading, { (0..<360).contains($0) }, "Degrees from 0 up to, but not including, 360.")
        check(
            "speed", speed, { (0...Self.topSpeed).contains($0) }, "Metres per second from 0 to \(Int(Self.topSpeed)).")
        check(
            "accuracy", accuracy, { (0...Self.worstAccuracy).contains($0) },
            "Metres from 0 to \(Int(Self.worstAccuracy)).")
        if let fixAt, fixAt.timeIntervalSince(now) > Self.futureLimit {
            issues.append(FieldIssue(name: "fix_at", message: "Lies in the future."))
        }
        return issues
    }

    private static let topSpeed = 90.0
    private static let worstAccuracy = 100_000.0
}
