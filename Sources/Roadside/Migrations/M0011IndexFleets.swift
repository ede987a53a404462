import BSON
import Mongo

/// Fleets and their trucks, and the providers who are to go off duty.
struct M0011IndexFleets: Migration {
    let number = 11
    let name = "index fleets and duty"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        // Creates the collections, too.
        for (collection, indexes) in Self.indexes {
            try await store.client.collection(collection).createIndexes(indexes, deadline: .current)
        }
    }

    static let indexes: [(collection: String, indexes: [Index])] = [
        ("companies", companies), ("vehicles", vehicles), ("mechanics", mechanics),
    ]

    private static let companies = [Index(name: "companies_member", keys: ["members.provider_id": 1])]

    private static let vehicles = [
        Index(name: "vehicles_owner", keys: ["owner_id": 1, "license_plate": 1]),
        Index(
            name: UniqueIndex.vehiclePlate.rawValue, keys: ["market": 1, "license_plate": 1], unique: true,
            partialFilter: ["owner_kind": "fleet"]),
    ]

    private static let mechanics = [
        // A truck has one crew member at a time.
        Index(
            name: UniqueIndex.vehicleCrew.rawValue, keys: ["current_vehicle_id": 1], unique: true,
            partialFilter: ["current_vehicle_id": ["$exists": true]]),
        Index(
            name: "mechanics_company", keys: ["company_id": 1], partialFilter: ["company_id": ["$exists": true]]),
        // Who is to be taken off duty.
        Index(name: "mechanics_silence", keys: ["fix_at": 1], partialFilter: ["dispatchable": true]),
        Index(name: "mechanics_duty", keys: ["on_duty_since": 1], partialFilter: ["dispatchable": true]),
    ]
}
