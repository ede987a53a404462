import BSON
import RoadsideRules
import Testing

@Suite("Zones")
struct ZoneTests {
    private static func point(_ latitude: Double, _ longitude: Double) throws -> GeoPoint {
        try #require(GeoPoint(latitude: latitude, longitude: longitude))
    }

    private static func zone(_ code: String, priority: Int64 = 0, _ corners: [(Double, Double)]) throws -> Zone {
        Zone(
            code: code, title: code, kind: .serviceArea, priority: priority,
            corners: try corners.map { try point($0.1, $0.0) })
    }

    @Test("A point is inside an outline with a notch only where the outline is")
    func notch() throws {
        // A square of ten with a bite out of its top, down to the middle.
        let zone = try Self.zone("u", [(0, 0), (10, 0), (10, 10), (6, 10), (6, 5), (4, 5), (4, 10), (0, 10)])
        for (latitude, longitude) in [(1.0, 1.0), (9, 1), (9, 9), (4, 5)] {
            #expect(zone.contains(try Self.point(latitude, longitude)), "\(latitude), \(longitude)")
        }
        for (latitude, longitude) in [(9.0, 5.0), (6, 5), (-1, 5), (5, 11), (11, 1)] {
            #expect(!zone.contains(try Self.point(latitude, longitude)), "\(latitude), \(longitude)")
        }
    }

    @Test("Of zones that lie over each other the higher priority counts")
    func priority() throws {
        let data = try ReferenceSamples.data { file, json in
            guard file == .zones else { return json }
            let over: JSON = [
                "code": "over", "title": "Over", "kind": "service_area", "priority": 5, "minutes_from_utc": 180,
                "corners": [[36.8, -1.3], [36.9, -1.3], [36.9, -1.2], [36.8, -1.2]],
            ]
            return json.with(over, at: "zones.4")
        }
        #expect(data.zone(at: try Self.point(-1.25, 36.85))?.code == "over")
        #expect(data.zone(at: try Self.point(-1.25, 36.75))?.code == "nairobi")
        #expect(data.zone(at: try Self.point(-1.29, 36.82), .surcharge)?.code == "nairobi_centre")
        #expect(data.zone(at: try Self.point(51.5, 0)) == nil)
    }

    @Test("An outline needs three corners, each with two numbers on earth")
    func faults() throws {
        for corners in [[[36.0, -1.0], [37.0, -1.0]], [[36.0, -1.0], [37.0, -1.0], [200.0, -1.0]], []] as [JSON] {
            let faults = try ReferenceSamples.faults(in: .zones) { $0.with(corners, at: "zones.0.corners") }
            #expect(faults.count == 1 && faults[0].contains("at least three corners"), "\(faults)")
        }
    }
}
