import BSON
import Mongo

/// Tickets of sockets; and who is online: the leases of servers, and the people each of them holds.
struct M0015KeepPresence: Migration {
    let number = 15
    let name = "keep tickets and presence"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        // Creates the collections, too.
        for (collection, indexes) in Self.indexes {
            try await store.client.collection(collection).createIndexes(indexes, deadline: .current)
        }
    }

    static let indexes: [(collection: String, indexes: [Index])] = [
        (
            "socket_tickets",
            // Those that nobody has used.
            [Index(name: "socket_tickets_expiry", keys: ["expires_at": 1], expireAfterSeconds: 0)]
        ),
        ("instances", [Index(name: "instances_expiry", keys: ["expires_at": 1])]),
        (
            "presence",
            [
                Index(name: "presence_user", keys: ["user_id": 1, "incarnation": 1], unique: true),
                Index(
                    name: "presence_incarnation", keys: ["incarnation": 1, "is_provider": 1, "user_id": 1]),
            ]
        ),
    ]
}
