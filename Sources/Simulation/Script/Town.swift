import RoadsideRules

/// The map of a simulated city: quarters of different weight around a centre, and everything between them.
///
/// Providers live where providers live and cars break down elsewhere: were the two spread alike, the nearest provider
/// would nearly always be the right one, and no way of matching could do better.
struct Town: Sendable {
    private struct Quarter: Sendable {
        let point: GeoPoint
        let spreadKm: Double
    }

    private let quarters: [Quarter]
    private let sideKm: Double
    private let homes: Shares<Int>?
    private let scenes: Shares<Int>?

    init(seed: UInt64, sideKm: Double) {
        self.sideKm = sideKm
        var dice = SplitMix64(seed: seed, stream: "town")
        quarters = (0..<Self.quarterCount).map { _ in
            let point = Self.somewhere(sideKm, &dice)
            return Quarter(point: point, spreadKm: sideKm * (0.06 + 0.08 * dice.unit()))
        }
        func shares() -> Shares<Int>? { Shares((0..<Self.quarterCount).map { ($0, dice.within(1...10)) }) }
        homes = shares()
        scenes = shares()
    }

    /// Where a provider waits for work.
    func home(_ dice: inout SplitMix64) -> GeoPoint { point(homes, &dice) }

    /// Where somebody is stranded.
    func scene(_ dice: inout SplitMix64) -> GeoPoint { point(scenes, &dice) }

    private func point(_ shares: Shares<Int>?, _ dice: inout SplitMix64) -> GeoPoint {
        guard dice.happens(percent: Self.quarterPercent), let shares else { return Self.somewhere(sideKm, &dice) }
        let quarter = quarters[shares.draw(&dice)]
        return Self.point(
            eastKm: dice.bell() * 2 * quarter.spreadKm, northKm: dice.bell() * 2 * quarter.spreadKm, of: quarter.point)
    }

    /// Anywhere in the square of the city.
    private static func somewhere(_ sideKm: Double, _ dice: inout SplitMix64) -> GeoPoint {
        point(
            eastKm: (dice.unit() - 0.5) * sideKm, northKm: (dice.unit() - 0.5) * sideKm, of: centre)
    }

    /// Near the equator a degree of longitude is as long as one of latitude, to a fraction of a thousandth.
    private static func point(eastKm: Double, northKm: Double, of origin: GeoPoint) -> GeoPoint {
        let perDegree = GeoPoint.earthRadiusMetres * .pi / 180 / 1000
        func rounded(_ degrees: Double) -> Double { (degrees * 1e6).rounded() / 1e6 }
        return GeoPoint(
            latitude: rounded(origin.latitude + northKm / perDegree),
            longitude: rounded(origin.longitude + eastKm / perDegree)) ?? origin
    }

    /// Nairobi's.
    private static let centre: GeoPoint = {
        guard let point = GeoPoint(latitude: -1.2921, longitude: 36.8219) else { preconditionFailure("a valid point") }
        return point
    }()
    private static let quarterCount = 12
    private static let quarterPercent = 65
}
