import BSON
import Mongo

/// What staff do is written down, whom they invite, and what they tell to many; and what their figures are read from.
struct M0021KeepAudit: Migration {
    let number = 21
    let name = "keep the audit log, invitations and announcements"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        // Creates the collections, too.
        for (collection, indexes) in Self.indexes {
            try await store.client.collection(collection).createIndexes(indexes, deadline: .current)
        }
    }

    /// Everybody of a role in an order in which nobody is passed over, whoever comes or goes meanwhile.
    static let roles = Index(name: "users_roles_order", keys: ["roles": 1, "_id": 1])

    static let indexes: [(collection: String, indexes: [Index])] = [
        (
            "audit_log",
            [
                Index(name: "audit_log_recent", keys: ["created_at": -1, "_id": -1]),
                Index(name: "audit_log_actor", keys: ["actor_id": 1, "created_at": -1, "_id": -1]),
                Index(name: "audit_log_subject", keys: ["subject_id": 1, "created_at": -1, "_id": -1]),
                Index(name: "audit_log_action", keys: ["action": 1, "created_at": -1, "_id": -1]),
            ]
        ),
        (
            "invitations",
            [
                Index(name: "invitations_token", keys: ["token_hash": 1], unique: true),
                // One that waits for each address.
                Index(
                    name: UniqueIndex.pendingInvitation.rawValue, keys: ["email": 1], unique: true,
                    partialFilter: ["state": "pending"]),
                Index(name: "invitations_state", keys: ["state": 1, "created_at": -1, "_id": -1]),
                Index(name: "invitations_recent", keys: ["created_at": -1, "_id": -1]),
                Index(
                    name: "invitations_user", keys: ["user_id": 1], partialFilter: ["user_id": ["$exists": true]]),
            ]
        ),
        (
            "announcements",
            [
                Index(name: "announcements_key", keys: ["key": 1], unique: true),
                Index(name: "announcements_recent", keys: ["created_at": -1, "_id": -1]),
                Index(
                    name: "announcements_due", keys: ["next_at": 1], partialFilter: ["next_at": ["$exists": true]]),
            ]
        ),
        (
            "users",
            [
                roles,
                Index(name: "users_email_proven", keys: ["is_verified.email": 1, "created_at": -1, "_id": -1]),
                Index(name: "users_phone_proven", keys: ["is_verified.phone": 1, "created_at": -1, "_id": -1]),
            ]
        ),
        (
            "services",
            [
                // Either holds all that its figure needs, so that no document is read.
                Index(
                    name: "services_accepted", keys: ["accepted_at": 1, "dispatch.started_at": 1],
                    partialFilter: ["accepted_at": ["$exists": true]]),
                Index(
                    name: "services_closed", keys: ["closed_at": 1, "status": 1],
                    partialFilter: ["closed_at": ["$exists": true]]),
            ]
        ),
    ]
}
