/// A part of the map to which rules of its own apply (domain §4.2, `zones`).
public struct Zone: Sendable, Hashable {
    /// What a zone is for.
    public enum Kind: String, CaseIterable, Sendable, Hashable {
        /// Where the platform works: search plans, learned speeds and night hours are kept by these.
        case serviceArea = "service_area"
        /// Where coming costs more.
        case surcharge
        /// Where nobody is sent.
        case noGo = "no_go"
    }

    /// `nairobi`.
    public let code: String
    public let title: String
    public let kind: Kind
    /// Of two zones of a kind over one point, the higher counts.
    public let priority: Int64
    public let calendar: MarketCalendar
    /// Corners in order, without the first one again at the end.
    public let corners: [GeoPoint]

    public init(
        code: String, title: String, kind: Kind, priority: Int64 = 0, calendar: MarketCalendar = .kenya,
        corners: [GeoPoint]
    ) {
        self.code = code
        self.title = title
        self.kind = kind
        self.priority = priority
        self.calendar = calendar
        self.corners = corners
    }

    /// Whether the point lies inside, by the even-odd rule on plain degrees: a zone is a city, not an ocean, and does
    /// not reach over the antimeridian. Points on an edge may fall on either side.
    public func contains(_ point: GeoPoint) -> Bool {
        var isInside = false
        var previous = corners.last
        for corner in corners {
            defer { previous = corner }
            guard let before = previous, (corner.latitude > point.latitude) != (before.latitude > point.latitude) else {
                continue
            }
            let share = (point.latitude - corner.latitude) / (before.latitude - corner.latitude)
            if point.longitude < corner.longitude + share * (before.longitude - corner.longitude) { isInside.toggle() }
        }
        return isInside
    }
}

extension ReferenceData {
    /// The zone of this kind around a point; of several the one with the highest priority, then the first by code.
    public func zone(at point: GeoPoint, _ kind: Zone.Kind = .serviceArea) -> Zone? {
        zones.filter { $0.kind == kind && $0.contains(point) }
            .max { ($0.priority, $1.code) < ($1.priority, $0.code) }
    }
}
