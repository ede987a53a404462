import BSON
import Foundation
import Gateways
import Mongo
import Roadside

/// The city of the scenes in which providers are on the road: ten thousand of them around Nairobi, all free, each with an
/// account that can sign in; in a database of its own, since the other scenes want another one.
///
/// Documents are made as those of ``City`` are, and so are ids.
enum DutyCity {
    static let name = "duty"
    static let providers = 10_000
    static let customers = City.customers
    /// Kilometres that any of them would drive, which is more than a first ring.
    private static let radiusKilometres = 30.0

    /// Positions: normally around the centre, 0.12 degrees, as in every town of ``City``.
    static let places: [(latitude: Double, longitude: Double)] = {
        var chance = Chance(seed: 17)
        return (0..<providers).map { _ in
            (-1.2921 + chance.normal() * 0.12, 36.8219 + chance.normal() * 0.12)
        }
    }()

    static func build(from samples: City.Samples, on client: MongoClient) async throws {
        let people = places.map { place in
            City.Provider(
                latitude: place.latitude, longitude: place.longitude, isAvailable: true, rating: 4.5,
                experienceYears: 5, radiusKilometres: radiusKilometres)
        }
        try await City.build(from: samples, providers: people, bookings: 0, on: client)
        let accounts = (0..<providers).map { index in
            samples.mechanic.replacing([
                "_id": .id(City.provider(index)), "number": .int64(Int64(customers + index + 1)),
                "email": .string("mechanic\(index)@example.com"), "phone": .string("+2541\(100_000_000 + index)"),
            ])
        }
        try await City.insert(accounts, "users", client)
    }

    /// Forgets what a scene has made and lets everybody be where and as free as before.
    static func clean(_ database: Database) throws {
        try database.use(name) { client in
            for name in ["services", "offers", "notifications", "inbox_heads"] {
                try await client.collection(name).deleteMany([:])
            }
            let whole: [BulkWrite] = places.enumerated().map { index, place in
                .updateOne(
                    ["_id": .id(City.provider(index))],
                    [
                        "$set": [
                            "availability": "available", "dispatchable": true,
                            "location": [
                                "type": "Point", "coordinates": [.double(place.longitude), .double(place.latitude)],
                            ],
                        ], "$unset": ["current_job": "", "fix_at": ""],
                    ])
            }
            _ = try await client.collection("mechanics").bulk(whole)
        }
    }

    /// Writes what the generator reads.
    static func write(to workplace: Workplace, tokens: DutyTokens) throws {
        func write(_ lines: [String], _ file: String) throws {
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(
                to: URL(fileURLWithPath: workplace.file(file)))
        }
        try write(tokens.providers, "providers")
        try write(tokens.customers, "customers")
        try write(places.map { "\($0.latitude) \($0.longitude)" }, "places")
        var chance = Chance(seed: 11)
        try write((0..<Requests.count).map { _ in call(&chance) }, "calls")
    }

    /// The body of a call for help from within some 17 km of the centre; `{m}` stands for a mark that its alerts show.
    private static func call(_ chance: inout Chance) -> String {
        let latitude = -1.2921 + Double.random(in: -0.15..<0.15, using: &chance)
        let longitude = 36.8219 + Double.random(in: -0.15..<0.15, using: &chance)
        return String(
            format: #"{"service_type":"breakdown","location":{"latitude":%.5f,"longitude":%.5f,"#
                + #""address":"{m} Nairobi, Kenya"},"description":"Car will not start"}"#, latitude, longitude)
    }
}
