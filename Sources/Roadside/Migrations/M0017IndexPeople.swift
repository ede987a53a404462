import BSON
import Mongo

/// What is read when somebody leaves: his codes, the ways he took, and the erasures that are not at their end. And the
/// names by which an outside party knows people, each of one account.
struct M0017IndexPeople: Migration {
    let number = 17
    let name = "index people"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        // Creates the collection, too.
        for (collection, indexes) in Self.indexes {
            try await store.client.collection(collection).createIndexes(indexes, deadline: .current)
        }
    }

    static let indexes: [(collection: String, indexes: [Index])] = [
        ("erasures", [Index(name: "erasures_due", keys: ["next_at": 1])]),
        ("verification_codes", [Index(name: "verification_codes_user", keys: ["user_id": 1])]),
        (
            "users",
            [
                Index(
                    name: "users_google", keys: ["google_sub": 1], unique: true,
                    partialFilter: ["google_sub": ["$exists": true]])
            ]
        ),
        ("tracks", [Index(name: "tracks_provider", keys: ["provider_id": 1])]),
    ]
}
