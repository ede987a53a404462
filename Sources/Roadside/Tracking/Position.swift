import BSON
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
    /// The device says that a program made it up.
    public var isMock: Bool

    public init(
        point: GeoPoint, heading: Double? = nil, speed: Double? = nil, accuracy: Double? = nil, fixAt: Date? = nil,
        isMock: Bool = false
    ) {
        self.point = point
        self.heading = heading
        self.speed = speed
        self.accuracy = accuracy
        self.fixAt = fixAt
        self.isMock = isMock
    }
}

extension Position {
    /// Every fault at once; empty for a position that can be.
    ///
    /// - Parameter prefix: put before the names of fields, for one of several positions.
    func issues(now: Date, prefix: String = "") -> [FieldIssue] {
        var issues: [FieldIssue] = []
        func note(_ name: String, _ message: String) {
            issues.append(FieldIssue(name: prefix + name, message: message))
        }
        func check(_ name: String, _ value: Double?, _ isGood: (Double) -> Bool, _ message: String) {
            if let value, !value.isFinite || !isGood(value) { note(name, message) }
        }
        if PositionRules.isNowhere(point) { note("latitude", "Your device does not know where it is.") }
        check("heading", heading, { (0..<360).contains($0) }, "Degrees from 0 up to, but not including, 360.")
        check(
            "speed", speed, { (0...Self.topSpeed).contains($0) }, "Metres per second from 0 to \(Int(Self.topSpeed)).")
        check(
            "accuracy", accuracy, { (0...Self.worstAccuracy).contains($0) },
            "Metres from 0 to \(Int(Self.worstAccuracy)).")
        if let age = fixAt.map({ now.timeIntervalSince($0) }) {
            if age < -PositionRules.futureLimit { note("fix_at", "Lies in the future.") }
            if age > PositionRules.pastLimit { note("fix_at", "Lies more than a day back.") }
        }
        return issues
    }

    /// The reading it tells of. Never later than now: a fast clock shall not keep its owner fresh for longer than others.
    func fix(now: Date) -> Fix {
        Fix(
            point: point, at: min(fixAt ?? now, now).truncatedToMilliseconds, heading: heading, speed: speed,
            accuracy: accuracy, isMock: isMock)
    }

    private static let topSpeed = 90.0
    private static let worstAccuracy = 100_000.0
}
