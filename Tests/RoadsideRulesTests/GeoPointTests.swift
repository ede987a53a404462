import Foundation
import RoadsideRules
import Testing

@Suite("Places and distances")
struct GeoPointTests {
    private func point(_ latitude: Double, _ longitude: Double) throws -> GeoPoint {
        try #require(GeoPoint(latitude: latitude, longitude: longitude))
    }

    @Test("From Johannesburg the three providers are 0, 15 and 54 km away, and within 10 km there is only one (C14)")
    func johannesburg() throws {
        let centre = try point(-26.2041, 28.0473)
        let kilometres = [
            centre.distance(to: try point(-26.2041, 28.0473)), centre.distance(to: try point(-26.1041, 28.1473)),
            centre.distance(to: try point(-25.7479, 28.2293)),
        ].map { $0 / 1000 }
        #expect(kilometres[0] == 0)
        #expect(abs(kilometres[1] - 14.94) < 0.02)
        #expect(abs(kilometres[2] - 53.89) < 0.1)
        #expect(kilometres.filter { $0 <= 10 }.count == 1)
    }

    @Test("A quarter of the way round, antipodes, and across the date line")
    func extremes() throws {
        let quarter = 6_371_000 * Double.pi / 2
        #expect(abs(try point(0, 0).distance(to: try point(90, 0)) - quarter) < 0.001)
        // Near antipodes the last bit of a haversine is worth two decimetres.
        #expect(abs(try point(0, 0).distance(to: try point(0, 180)) - 2 * quarter) < 0.5)
        #expect(abs(try point(90, 12).distance(to: try point(-90, 77)) - 2 * quarter) < 0.5)
        #expect(try point(0, 179.999).distance(to: try point(0, -179.999)) < 223)
    }

    @Test("Distance is the same both ways, never negative, and obeys the triangle")
    func metric() throws {
        var random = SplitMix64(seed: 4)
        for _ in 0..<2_000 {
            let points = try (0..<3).map { _ in
                try point(Double.random(in: -90...90, using: &random), Double.random(in: -180...180, using: &random))
            }
            let (a, b, c) = (points[0], points[1], points[2])
            #expect(abs(a.distance(to: b) - b.distance(to: a)) < 1e-6)
            #expect(a.distance(to: a) == 0)
            #expect(a.distance(to: c) <= a.distance(to: b) + b.distance(to: c) + 0.01)
        }
    }

    @Test("Distances agree with the C library's own functions, near and far, to a micrometre")
    func reference() throws {
        func haversine(_ a: GeoPoint, _ b: GeoPoint) -> Double {
            let radians = Double.pi / 180
            let latitude = sin((b.latitude - a.latitude) * radians / 2)
            let longitude = sin((b.longitude - a.longitude) * radians / 2)
            let square =
                latitude * latitude + cos(a.latitude * radians) * cos(b.latitude * radians) * longitude * longitude
            return 2 * 6_371_000 * atan2(square.squareRoot(), max(1 - square, 0).squareRoot())
        }
        var random = SplitMix64(seed: 14)
        for round in 0..<20_000 {
            let reach = [180, 1, 0.01, 0.000_01][round % 4]
            let a = try point(
                Double.random(in: -90...90, using: &random), Double.random(in: -180...180, using: &random))
            let b = try point(
                min(max(a.latitude + Double.random(in: -reach...reach, using: &random), -90), 90),
                min(max(a.longitude + Double.random(in: -reach...reach, using: &random), -180), 180))
            let expected = haversine(a, b)
            #expect(abs(a.distance(to: b) - expected) <= 1e-6 + expected * 1e-12)
        }
    }

    @Test("What is off the map is no point (K7)")
    func range() {
        #expect(GeoPoint(latitude: 90, longitude: -180) != nil)
        #expect(GeoPoint(latitude: -90, longitude: 180) != nil)
        for (latitude, longitude) in [
            (90.000001, 0.0), (-90.1, 0), (0, 180.1), (0, -181), (.nan, 0), (0, .nan), (.infinity, 0), (0, -.infinity),
        ] {
            #expect(GeoPoint(latitude: latitude, longitude: longitude) == nil)
        }
    }

    @Test("Strangers see three decimals (decision 14)")
    func rounding() throws {
        #expect(try point(-1.2921499, 36.8218999).rounded == point(-1.292, 36.822))
        #expect(try point(90, 180).rounded == point(90, 180))
        #expect(try point(-89.9999, 179.9999).rounded == point(-90, 180))
    }
}
