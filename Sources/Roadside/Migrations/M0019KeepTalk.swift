import BSON
import Mongo

/// What people say of and to each other around a job, what they drive, and whom they call when they are in danger.
struct M0019KeepTalk: Migration {
    let number = 19
    let name = "keep reviews, vehicles, messages, alerts and links"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        do {
            _ = try await store.client.run(["create": "chats"])
        } catch  where error.serverCode == M0001CreateCollections.namespaceExists {
            // Somebody else was quicker.
        }
        // Creates the collections, too.
        for (collection, indexes) in Self.indexes {
            try await store.client.collection(collection).createIndexes(indexes, deadline: .current)
        }
    }

    static let indexes: [(collection: String, indexes: [Index])] = [
        (
            "reviews",
            [
                // One a side (T36).
                Index(name: UniqueIndex.reviewSide.rawValue, keys: ["job_id": 1, "side": 1], unique: true),
                Index(name: "reviews_author", keys: ["from": 1, "created_at": -1]),
                Index(name: "reviews_subject", keys: ["to": 1, "hidden": 1, "created_at": -1, "_id": -1]),
            ]
        ),
        (
            "vehicles",
            [
                Index(
                    name: UniqueIndex.vehicleOwnPlate.rawValue, keys: ["license_plate": 1, "owner_id": 1], unique: true,
                    partialFilter: ["owner_kind": "customer"])
            ]
        ),
        (
            "messages",
            [
                Index(name: "messages_seq", keys: ["job_id": 1, "seq": 1], unique: true),
                // How much somebody has written lately.
                Index(name: "messages_sender", keys: ["sender_id": 1, "created_at": -1]),
            ]
        ),
        (
            "emergency_alerts",
            [
                // One live alert a person.
                Index(
                    name: "emergency_alerts_live", keys: ["user_id": 1], unique: true,
                    partialFilter: ["live": true]),
                Index(name: "emergency_alerts_person", keys: ["user_id": 1, "created_at": -1]),
                Index(name: "emergency_alerts_state", keys: ["state": 1, "created_at": -1, "_id": -1]),
                Index(name: "emergency_alerts_recent", keys: ["created_at": -1, "_id": -1]),
                // Those of which not everybody has been told.
                Index(
                    name: "emergency_alerts_untold", keys: ["told_by": 1],
                    partialFilter: ["told_by": ["$exists": true]]),
            ]
        ),
        (
            "share_links",
            [
                Index(name: "share_links_token", keys: ["token_hash": 1], unique: true),
                Index(name: "share_links_job", keys: ["job_id": 1, "created_at": -1]),
                Index(name: "share_links_purge", keys: ["purge_at": 1], expireAfterSeconds: 0),
            ]
        ),
    ]
}
