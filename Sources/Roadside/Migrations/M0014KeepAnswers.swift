import BSON
import Mongo

/// Where answers are kept under idempotency keys, for a day; and the events of jobs that have more than their document
/// keeps.
struct M0014KeepAnswers: Migration {
    let number = 14
    let name = "keep answers and long stories"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        // Creates the collections, too.
        for (collection, indexes) in Self.indexes {
            try await store.client.collection(collection).createIndexes(indexes, deadline: .current)
        }
    }

    static let indexes: [(collection: String, indexes: [Index])] = [
        (
            "idempotency_keys",
            [Index(name: "idempotency_keys_expiry", keys: ["expires_at": 1], expireAfterSeconds: 0)]
        ),
        ("job_events", [Index(name: "job_events_seq", keys: ["job_id": 1, "seq": 1], unique: true)]),
    ]
}
