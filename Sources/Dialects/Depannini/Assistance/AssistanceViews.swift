import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// B19, B31: an assistance, in camelCase and snake_case exactly as printed. Behind the documented members come those that
/// the document's own model has and its sample has not.
struct AssistanceView {
    let json: JSON

    /// - Parameters:
    ///   - stars: of its client; nil while he has given none (K42).
    ///   - status: the word, where it is another one than the assistance's own.
    init(_ job: Job, stars: Int? = nil, status: String? = nil, catalog: Catalog) {
        let family = catalog[job.serviceType]?.family ?? .repair
        json = [
            "id": .int(job.number), "status": .string(status ?? DepanniniWords.status(job.status)),
            "client": Self.side(job.customer), "assistant": job.provider.map(Self.side) ?? .null,
            "pickupLocation": .spot(job.location),
            "dropoffLocation": job.destination.map { .spot($0.point) } ?? .null,
            "distance_km": .kilometres(job.haulKm ?? 0),
            "total_price": .price(job.finalPrice?.total ?? job.estimate), "createdAt": .time(job.createdAt),
            "updatedAt": .time(job.updatedAt), "rating": stars.map { .int(Int64($0)) } ?? .null,
            "service_type": .string(DepanniniWords.serviceType(family)), "description": .string(job.description),
        ]
    }

    /// What is masked has been decided by the context.
    private static func side(_ party: Job.Party) -> JSON {
        ["id": .int(party.number), "name": .string(party.name), "phone_number": .string(party.phone)]
    }

    /// B19: who could come, nearest first; kilometres.
    static func nearby(_ found: [NearbyProvider]) -> JSON {
        .array(found.map { ["assistant_id": .int($0.number), "distance": .kilometres($0.distanceKm)] })
    }

    static let clientExample: JSON = ["id": 1, "name": "Amine Client", "phone_number": "+254712345678"]
    static let assistantExample: JSON = ["id": 2, "name": "Samir Assistant", "phone_number": "+254712345679"]
    static let nearbyExample: JSON = ["assistant_id": 2, "distance": 1.2]
    static let dropoffExample: JSON = ["lat": -1.3032, "lng": 36.7073]

    /// As its client has just asked for it.
    static let example: JSON = [
        "id": 1, "status": "requested", "client": clientExample, "assistant": nil, "pickupLocation": .spotExample,
        "dropoffLocation": dropoffExample, "distance_km": 12.8, "total_price": 2140.5,
        "createdAt": "2024-01-15T10:30:00Z", "updatedAt": "2024-01-15T10:30:00Z", "rating": nil,
        "service_type": "towing", "description": "",
    ]

    /// A repair that is done.
    static let acceptedExample = example.adding("status", "completed").adding("assistant", assistantExample)
        .adding("dropoffLocation", nil).adding("distance_km", 0.5).adding("rating", 5).adding("service_type", "repair")
}
