import RoadsideRules

extension CityPlaces {
    /// A point of the city with the words a person would give for it.
    func draw(_ dice: inout SplitMix64) -> Place {
        let isOnRoad = dice.happens(percent: corridorPercent) || neighbourhoods.isEmpty
        let stretch = isOnRoad ? corridors?.draw(&dice) : dice.pick(neighbourhoods)
        guard let stretch else { return garages.first ?? Place(point: middle, address: "") }
        let along = dice.unit()
        let (from, to) = (stretch.from.point, stretch.to.point)
        let point = Self.shifted(
            latitude: from.latitude + (to.latitude - from.latitude) * along,
            longitude: from.longitude + (to.longitude - from.longitude) * along,
            north: dice.bell() * stretch.spreadMetres, east: dice.bell() * stretch.spreadMetres)
        let landmark = (along < 0.5 ? stretch.from : stretch.to).address
        let address = landmark == stretch.name ? landmark : "\(stretch.name), near \(landmark)"
        return Place(point: held(point), address: address)
    }

    /// As ``draw(_:)``, but at least ``clearMetres`` from each of these points.
    func draw(_ dice: inout SplitMix64, awayFrom kept: [GeoPoint]) -> Place {
        // Beyond reason only in a city that is nothing but protected circles.
        for _ in 0..<Self.patience {
            let place = draw(&dice)
            if kept.allSatisfy({ $0.distance(to: place.point) >= clearMetres }) { return place }
        }
        return draw(&dice)
    }

    private var middle: GeoPoint {
        GeoPoint(latitude: (bounds.south + bounds.north) / 2, longitude: (bounds.west + bounds.east) / 2)
            ?? garages[0].point
    }

    private static let patience = 1000

    /// Six decimals, a tenth of a metre, are what a phone sends.
    private static func shifted(latitude: Double, longitude: Double, north: Double, east: Double) -> (Double, Double) {
        // Near enough to a metre on the scale of a city that lies on the equator, and exact everywhere.
        let perDegree = GeoPoint.earthRadiusMetres * .pi / 180
        func rounded(_ degrees: Double) -> Double { (degrees * 1e6).rounded() / 1e6 }
        return (rounded(latitude + north / perDegree), rounded(longitude + east / perDegree))
    }

    private func held(_ point: (latitude: Double, longitude: Double)) -> GeoPoint {
        GeoPoint(
            latitude: min(max(point.latitude, bounds.south), bounds.north),
            longitude: min(max(point.longitude, bounds.west), bounds.east)) ?? middle
    }
}
