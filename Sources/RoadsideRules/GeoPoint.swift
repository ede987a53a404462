/// A place on earth in degrees, always valid: latitude −90 … 90, longitude −180 … 180.
public struct GeoPoint: Sendable, Hashable {
    public let latitude: Double
    public let longitude: Double

    /// `nil` when a number is out of range, infinite or not a number (contracts K7).
    public init?(latitude: Double, longitude: Double) {
        guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
        self.latitude = latitude
        self.longitude = longitude
    }

    /// Great-circle distance in metres on a sphere of 6 371.0 km, the usual one. MongoDB's is 6 378.1 km, 0.11 % more:
    /// query a little wider and cut with this (domain §4.2 c).
    public func distance(to other: GeoPoint) -> Double {
        let radians = Double.pi / 180
        let haversine =
            GreatCircle.squaredSine((other.latitude - latitude) * radians / 2)
            + GreatCircle.cosine(latitude * radians) * GreatCircle.cosine(other.latitude * radians)
            * GreatCircle.squaredSine((other.longitude - longitude) * radians / 2)
        return 2 * Self.earthRadiusMetres * GreatCircle.angle(squaredSine: haversine)
    }

    /// The direction from here to a place near by: degrees clockwise from north, 0 ..< 360. On a flat map, which over a few
    /// kilometres is exact to a fraction of a degree; towards itself 0.
    public func bearing(to other: GeoPoint) -> Double {
        let radians = Double.pi / 180
        let north = other.latitude - latitude
        let east = (other.longitude - longitude) * GreatCircle.cosine((latitude + other.latitude) / 2 * radians)
        let square = north * north + east * east
        guard square > 0 else { return 0 }
        let acute = GreatCircle.angle(squaredSine: east * east / square) / radians
        let bearing =
            switch (north >= 0, east >= 0) {
            case (true, true): acute
            case (false, true): 180 - acute
            case (false, false): 180 + acute
            case (true, false): 360 - acute
            }
        return bearing < 360 ? bearing : 0
    }

    /// Three decimals, about a hundred metres: all that is shown of a position before acceptance (README decision 14).
    public var rounded: GeoPoint {
        GeoPoint(
            latitude: (latitude * 1000).rounded() / 1000, longitude: (longitude * 1000).rounded() / 1000) ?? self
    }

    public static let earthRadiusMetres = 6_371_000.0
}
