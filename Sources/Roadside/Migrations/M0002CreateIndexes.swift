import BSON
import Mongo

/// The indexes of domain.md §4.2 and realtime.md §3.5 that are in use. Uniqueness is the last word on every race.
struct M0002CreateIndexes: Migration {
    let number = 2
    let name = "create indexes"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        for (collection, indexes) in Self.indexes {
            try await store.client.collection(collection).createIndexes(indexes, deadline: .current)
        }
    }

    static let indexes: [(collection: String, indexes: [Index])] = [
        ("users", users), ("mechanics", mechanics), ("services", services), ("offers", offers),
        ("notifications", notifications), ("sessions", sessions), ("verification_codes", verificationCodes),
    ]

    private static let users = [
        unique("users_number", ["number": 1]),
        unique(UniqueIndex.userEmail.rawValue, ["email": 1], where: ["email": ["$exists": true]]),
        unique(UniqueIndex.userPhone.rawValue, ["phone": 1], where: ["phone": ["$exists": true]]),
        index("users_role", ["roles": 1, "is_active": 1]),
    ]

    private static let mechanics = [
        unique("mechanics_number", ["number": 1]),
        index("mechanics_location", ["location": "2dsphere"]),
        index(
            "mechanics_dispatchable", ["location": "2dsphere", "availability": 1, "capabilities": 1],
            where: ["dispatchable": true]),
    ]

    private static let services = [
        unique("services_number", ["number": 1]),
        // Histories are read newest first and by cursor, so the order of ties is part of the index.
        index("services_customer", ["customer_id": 1, "created_at": -1, "_id": -1]),
        index("services_provider", ["assigned_to": 1, "created_at": -1, "_id": -1]),
        index("services_recent", ["created_at": -1, "_id": -1]),
        // A provider has one current job.
        unique(
            UniqueIndex.jobProviderSlot.rawValue, ["assigned_to": 1, "provider_slot": 1],
            where: ["provider_slot": ["$exists": true]]),
        index("services_timer", ["dispatch.next_timer_at": 1], where: ["dispatch.next_timer_at": ["$exists": true]]),
    ]

    private static let offers = [
        unique("offers_attempt", ["job_id": 1, "provider_id": 1, "attempt": 1]),
        index("offers_provider", ["provider_id": 1, "state": 1, "expires_at": 1]),
        index("offers_expiry", ["state": 1, "expires_at": 1]),
        // One winner per job; leaving a job turns its offer to `released`.
        unique(UniqueIndex.offerWinner.rawValue, ["job_id": 1], where: ["state": "accepted"]),
        // One live exclusive offer per provider, and one at a time per job.
        unique(UniqueIndex.offerExclusiveProvider.rawValue, ["provider_id": 1], where: exclusive),
        unique(UniqueIndex.offerExclusiveJob.rawValue, ["job_id": 1], where: exclusive),
    ]

    private static let exclusive: Document = ["state": "offered", "mode": ["$in": ["pick", "cascade"]]]

    private static let notifications = [
        unique("notifications_seq", ["recipient_id": 1, "seq": 1]),
        index("notifications_unread", ["recipient_id": 1, "is_read": 1, "created_at": -1]),
        // A partial filter cannot say "absent": rows are born with `unreceipted: true`, and the receipt removes it.
        index(
            "notifications_unreceipted", ["recipient_id": 1, "routes": 1, "seq": 1], where: ["unreceipted": true]),
        // The writer sets `purge_at` to 90 days after creation.
        index("notifications_purge", ["purge_at": 1], expireAfterSeconds: 0),
    ]

    private static let sessions = [
        unique("sessions_hash", ["hash": 1]),
        index("sessions_family", ["family": 1, "seq": 1]),
        index("sessions_user", ["user_id": 1, "state": 1]),
        index("sessions_expiry", ["expires_at": 1], expireAfterSeconds: 0),
    ]

    private static let verificationCodes = [
        index("verification_codes_purge", ["purge_at": 1], expireAfterSeconds: 0)
    ]

    private static func unique(_ name: String, _ keys: Document, where filter: Document? = nil) -> Index {
        Index(name: name, keys: keys, unique: true, partialFilter: filter, expireAfterSeconds: nil)
    }

    private static func index(
        _ name: String, _ keys: Document, where filter: Document? = nil, expireAfterSeconds: Int? = nil
    ) -> Index {
        Index(name: name, keys: keys, unique: false, partialFilter: filter, expireAfterSeconds: expireAfterSeconds)
    }
}
