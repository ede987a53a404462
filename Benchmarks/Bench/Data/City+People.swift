import BSON
import Foundation
import Mongo

extension City {
    /// Towns of Kenya: latitude, longitude, and how many of a hundred providers live there.
    private static let towns: [(latitude: Double, longitude: Double, share: Int)] = [
        (-1.2921, 36.8219, 40), (-4.0435, 39.6682, 12), (-0.1022, 34.7617, 10), (-0.3031, 36.0800, 8),
        (0.5143, 35.2698, 8), (-1.0333, 37.0693, 6), (-0.4201, 36.9476, 5), (0.0463, 37.6559, 5),
        (-1.5177, 37.2634, 3), (-3.2192, 40.1169, 3),
    ]

    /// Providers scattered around the towns (normally, 0.12 degrees), three of five of them free.
    static func invented() -> [Provider] {
        var chance = Chance(seed: 7)
        return (0..<providers).map { _ in
            var place = Int.random(in: 0..<towns.reduce(0) { $0 + $1.share }, using: &chance)
            let town = towns.first { town in
                place -= town.share
                return place < 0
            }
            return Provider(
                latitude: (town?.latitude ?? 0) + chance.normal() * 0.12,
                longitude: (town?.longitude ?? 0) + chance.normal() * 0.12,
                isAvailable: Double.random(in: 0..<1, using: &chance) < 0.6,
                rating: (Double.random(in: 2.5...5, using: &chance) * 10).rounded() / 10,
                experienceYears: Int.random(in: 1...30, using: &chance),
                radiusKilometres: [10, 20, 30, 50].randomElement(using: &chance) ?? 20)
        }
    }

    /// The providers of the peers' database: the same positions are the same work.
    static func copied(from client: MongoClient) async throws -> [Provider] {
        let documents = try await client.collection("mechanics").find(
            [:], sort: ["_id": 1],
            projection: ["location": 1, "is_available": 1, "rating": 1, "experience_years": 1, "service_radius_km": 1])
        let people = documents.compactMap { document -> Provider? in
            guard let point = document.get("location", as: Document.self)?.get("coordinates", as: [Double].self),
                point.count == 2
            else { return nil }
            return Provider(
                latitude: point[1], longitude: point[0], isAvailable: document.get("is_available") ?? false,
                rating: document.get("rating") ?? 0, experienceYears: document.get("experience_years") ?? 0,
                radiusKilometres: document.get("service_radius_km", as: Double.self)
                    ?? Double(document.get("service_radius_km", as: Int.self) ?? 20))
        }
        guard people.count == providers else {
            throw PeerBook.Failure(description: "the peers' database has \(people.count) providers, not \(providers)")
        }
        return people
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of the normal distribution of mean 0 and deviation 1 (Box and Muller).
    mutating func normal() -> Double {
        let (first, second) = (Double.random(in: .ulpOfOne..<1, using: &self), Double.random(in: 0..<1, using: &self))
        return (-2 * log(first)).squareRoot() * cos(2 * .pi * second)
    }
}
