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

    /// Three decimals, about a hundred metres: all that is shown of a position before acceptance (README decision 14).
    public var rounded: GeoPoint {
        GeoPoint(
            latitude: (latitude * 1000).rounded() / 1000, longitude: (longitude * 1000).rounded() / 1000) ?? self
    }

    public static let earthRadiusMetres = 6_371_000.0
}
