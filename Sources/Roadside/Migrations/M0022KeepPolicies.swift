import BSON
import Mongo

/// One open job of a customer where his dialect wants it so (K46), one job of a customer for each name his client gives
/// (K28), and the payments of jobs.
struct M0022KeepPolicies: Migration {
    let number = 22
    let name = "keep policies of jobs and payments"
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
                    name: UniqueIndex.jobSingleOpen.rawValue, keys: ["customer_id": 1], unique: true,
                    partialFilter: [JobRecord.singleOpen: true]),
                Index(
                    name: UniqueIndex.jobClientReference.rawValue, keys: ["customer_id": 1, "client_ref": 1],
                    unique: true, partialFilter: ["client_ref": ["$exists": true]]),
                // Money that is to be given back.
                Index(
                    name: "services_refund", keys: ["refund_at": 1],
                    partialFilter: ["refund_at": ["$exists": true]]),
            ]
        ),
        (
            "payments",
            [
                // One of a kind under way for each job.
                Index(
                    name: UniqueIndex.paymentOpen.rawValue, keys: ["job_id": 1, "method": 1], unique: true,
                    partialFilter: ["status": "pending"]),
                Index(name: "payments_job", keys: ["job_id": 1, "created_at": -1, "_id": -1]),
                Index(name: "payments_customer", keys: ["customer_id": 1, "created_at": -1, "_id": -1]),
                Index(name: "payments_provider", keys: ["provider_id": 1, "created_at": -1, "_id": -1]),
                Index(name: "payments_recent", keys: ["created_at": -1, "_id": -1]),
                Index(name: "payments_due", keys: ["next_at": 1], partialFilter: ["next_at": ["$exists": true]]),
            ]
        ),
    ]
}
