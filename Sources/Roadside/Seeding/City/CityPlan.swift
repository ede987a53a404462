public import BSON
public import RoadsideRules

/// How a demo city is made: what the three files of a seed folder say. Its people are drawn from it and stored nowhere.
public struct CityPlan: Sendable {
    let places: CityPlaces
    let people: CityPeople
    let history: CityHistoryPlan
    /// What skills amount to, and what past jobs may have been about.
    let reference: ReferenceData

    /// Rises when the same files and the same seed give other people, so that a city is never half of either.
    static let version = 1

    /// - Parameters:
    ///   - folder: how the folder is called in messages.
    ///   - reference: what skills amount to, and the service types that history may speak of.
    /// - Throws: every fault of the three files.
    public init(
        places: JSON, people: JSON, history: JSON, folder: String, reference: ReferenceData
    ) throws(SeedFaults) {
        let reader = SeedReader()
        self.places = CityPlaces(places, "\(folder)/places.json", reader)
        self.people = CityPeople(people, "\(folder)/people.json", reader)
        self.history = CityHistoryPlan(history, "\(folder)/history.json", reference: reference, reader)
        self.reference = reference
        try reader.finish()
    }
}

/// Roads, neighbourhoods, and where vehicles are towed to.
struct CityPlaces: Sendable {
    struct Bounds: Sendable {
        let south, north, west, east: Double

        func contains(_ point: GeoPoint) -> Bool {
            (south...north).contains(point.latitude) && (west...east).contains(point.longitude)
        }
    }

    /// A straight piece of a road, or the middle of a neighbourhood (both ends the same).
    struct Stretch: Sendable {
        let name: String
        let from, to: Place
        let spreadMetres: Double
    }

    let bounds: Bounds
    /// Nobody who is drawn works this near to somebody who is known by name.
    let clearMetres: Double
    let corridorPercent: Int
    let corridors: Shares<Stretch>?
    let neighbourhoods: [Stretch]
    let garages: [Place]

    init(_ json: JSON, _ file: String, _ reader: SeedReader) {
        func edge(_ name: String, _ range: ClosedRange<Double>) -> Double {
            reader.number(json["bounds"]?[name], "\(file): bounds.\(name)", in: range)
        }
        let (south, north) = (edge("south", -90...90), edge("north", -90...90))
        let (west, east) = (edge("west", -180...180), edge("east", -180...180))
        if south >= north || west >= east { reader.fault("\(file): bounds", "must have an inside") }
        let bounds = Bounds(
            south: min(south, north), north: max(south, north), west: min(west, east), east: max(west, east))
        self.bounds = bounds
        clearMetres = Double(reader.whole(json["clear_metres"], "\(file): clear_metres", in: 0...3000))
        corridorPercent = reader.whole(json["corridor_percent"], "\(file): corridor_percent", in: 1...100)

        func inside(_ json: JSON, _ place: String) -> Place? {
            guard let found = reader.place(json, place) else { return nil }
            if !bounds.contains(found.point) { reader.fault(place, "\(found.address) is out of bounds") }
            return found
        }
        corridors = reader.shares(
            reader.list(json["corridors"], "\(file): corridors").flatMap { Self.corridor($0, $1, inside, reader) },
            "\(file): corridors")
        let metres = Double(reader.whole(json["neighbourhood_metres"], "\(file): neighbourhood_metres", in: 0...5000))
        neighbourhoods = reader.list(json["neighbourhoods"], "\(file): neighbourhoods").compactMap { json, place in
            inside(json, place).map { Stretch(name: $0.address, from: $0, to: $0, spreadMetres: metres) }
        }
        garages = reader.list(json["garages"], "\(file): garages").compactMap { inside($0, $1) }
    }

    /// A road's share falls to its pieces by their lengths.
    private static func corridor(
        _ json: JSON, _ place: String, _ inside: (JSON, String) -> Place?, _ reader: SeedReader
    ) -> [(value: Stretch, share: Int)] {
        let name = reader.text(json["name"], "\(place).name")
        let share = reader.share(json, place)
        let spread = Double(reader.whole(json["spread_metres"], "\(place).spread_metres", in: 0...5000))
        let points = reader.list(json["points"], "\(place).points").compactMap { inside($0, $1) }
        guard points.count >= 2 else {
            reader.fault(place, "needs two points or more")
            return []
        }
        let pieces = zip(points, points.dropFirst()).map { ($0, $1, $0.point.distance(to: $1.point)) }
        let length = max(pieces.reduce(0) { $0 + $1.2 }, 1)
        return pieces.map { from, to, metres in
            (Stretch(name: name, from: from, to: to, spreadMetres: spread), Int(Double(share * 1000) * metres / length))
        }
    }
}
