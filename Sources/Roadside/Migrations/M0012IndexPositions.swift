import BSON
import Mongo

/// What positions and the watch over providers on their way are found by.
struct M0012IndexPositions: Migration {
    let number = 12
    let name = "index positions"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        for (collection, indexes) in Self.indexes {
            try await store.client.collection(collection).createIndexes(indexes, deadline: .current)
        }
    }

    static let indexes: [(collection: String, indexes: [Index])] = [
        (
            "services",
            [
                Index(
                    name: "services_watch", keys: ["watch.next_at": 1],
                    partialFilter: ["watch.next_at": ["$exists": true]])
            ]
        ),
        (
            "tracks",
            [
                Index(name: "tracks_bucket", keys: ["job_id": 1, "provider_id": 1, "from": 1], unique: true),
                Index(name: "tracks_purge", keys: ["purge_at": 1], expireAfterSeconds: 0),
            ]
        ),
        ("travel_speeds", [Index(name: "travel_speeds_hour", keys: ["zone": 1, "hour": 1], unique: true)]),
    ]
}
