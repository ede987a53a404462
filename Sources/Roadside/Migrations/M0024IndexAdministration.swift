import BSON
import Mongo

/// Lists of staff with two conditions at once, and accounts with nothing proven: their totals are counted in an index, and
/// no document is read that is not listed.
struct M0024IndexAdministration: Migration {
    let number = 24
    let name = "index the lists of staff"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        for (collection, indexes) in Self.indexes {
            try await store.client.collection(collection).createIndexes(indexes, deadline: .current)
        }
    }

    static let indexes: [(collection: String, indexes: [Index])] = [
        (
            "audit_log",
            [
                Index(
                    name: "audit_log_actor_action",
                    keys: ["actor_id": 1, "action": 1, "created_at": -1, "_id": -1]),
                Index(
                    name: "audit_log_subject_action",
                    keys: ["subject_id": 1, "action": 1, "created_at": -1, "_id": -1]),
                Index(
                    name: "audit_log_actor_subject",
                    keys: ["actor_id": 1, "subject_id": 1, "created_at": -1, "_id": -1]),
            ]
        ),
        (
            "users",
            [
                Index(
                    name: "users_unproven",
                    keys: ["is_verified.email": 1, "is_verified.phone": 1, "created_at": -1, "_id": -1])
            ]
        ),
    ]
}
