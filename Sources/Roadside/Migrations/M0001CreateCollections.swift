import BSON
import Mongo

/// Creates every collection ahead of its first document: a transaction that had to create one would be delayed.
struct M0001CreateCollections: Migration {
    let number = 1
    let name = "create collections"
    let restoresCollections = true

    /// The nine of D26, in its order.
    static let promised = [
        "users", "mechanics", "services", "bookings", "payments", "vehicles", "reviews", "notifications",
        "emergency_alerts",
    ]
    /// What the engine keeps beside them.
    static let internalOnes = [
        "offers", "inbox_heads", "sessions", "verification_codes", "counters", "migrations", "leases", "settings",
    ]

    func apply(to store: Store) async throws(MongoError) {
        let existing = Set(try await store.client.collectionNames())
        for name in Self.promised + Self.internalOnes where !existing.contains(name) {
            do {
                _ = try await store.client.run(["create": .string(name)])
            } catch  where error.serverCode == Self.namespaceExists {
                continue
            }
        }
    }

    /// Somebody else was quicker.
    static let namespaceExists = 48
}

extension MongoClient {
    /// Names of the collections of this database.
    func collectionNames() async throws(MongoError) -> [String] {
        let answer = try await run([
            "listCollections": .int32(1), "nameOnly": true, "cursor": ["batchSize": .int32(1000)],
        ])
        let cursor = answer.get("cursor", as: Document.self)
        let batch = cursor?.get("firstBatch", as: [Document].self) ?? []
        return batch.compactMap { $0.get("name") }
    }
}
