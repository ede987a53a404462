public import FoundationEssentials

/// One reading of a provider's receiver.
public struct Fix: Sendable, Hashable {
    public var point: GeoPoint
    /// When he was there.
    public var at: Date
    /// Degrees clockwise from north, 0 ..< 360.
    public var heading: Double?
    /// Metres per second.
    public var speed: Double?
    /// Radius of uncertainty in metres.
    public var accuracy: Double?
    /// The device says that a program made it up.
    public var isMock: Bool

    public init(
        point: GeoPoint, at: Date, heading: Double? = nil, speed: Double? = nil, accuracy: Double? = nil,
        isMock: Bool = false
    ) {
        self.point = point
        self.at = at
        self.heading = heading
        self.speed = speed
        self.accuracy = accuracy
        self.isMock = isMock
    }
}
