import BSON
import Mongo

/// Where reference data is installed, one document for each version of a file, and how profiles are found that were
/// derived from an older one.
struct M0003CreateReferenceCollections: Migration {
    let number = 3
    let name = "create reference collections"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        for (collection, index) in Self.indexes {
            // Creates the collection, too.
            try await store.client.collection(collection).createIndexes([index], deadline: .current)
        }
    }

    static let indexes: [(collection: String, index: Index)] = [
        ("service_types", Index(name: "service_types_version", keys: ["key": 1, "version": -1], unique: true)),
        ("pricing_rules", Index(name: "pricing_rules_version", keys: ["key": 1, "version": -1], unique: true)),
        ("mechanics", Index(name: "mechanics_capabilities_revision", keys: ["capabilities_revision": 1])),
    ]
}
