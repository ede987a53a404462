import BSON
import Mongo

/// What staff's lists and figures are read by: indexes whose order is the list's, so that a page costs what it shows, and
/// the search words of everybody who registered before there were any.
struct M0005IndexLists: Migration {
    let number = 5
    let name = "index lists and search words"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        for (collection, indexes) in Self.indexes {
            try await store.client.collection(collection).createIndexes(indexes, deadline: .current)
        }
        try await addWords(to: store)
    }

    static let indexes: [(collection: String, indexes: [Index])] = [
        ("users", users), ("mechanics", mechanics), ("services", services),
    ]

    private static let users = [
        Index(name: "users_recent", keys: ["created_at": -1, "_id": -1]),
        Index(name: "users_active_recent", keys: ["is_active": 1, "created_at": -1, "_id": -1]),
        // The last field only spares the reading of documents that the filter drops.
        Index(name: "users_role_recent", keys: ["roles": 1, "created_at": -1, "_id": -1, "is_active": 1]),
        Index(name: "users_search", keys: ["search": 1]),
    ]

    private static let mechanics = [
        Index(name: "mechanics_available", keys: ["dispatchable": 1], partialFilter: ["dispatchable": true])
    ]

    private static let services = [
        Index(name: "services_status_recent", keys: ["status": 1, "created_at": -1, "_id": -1]),
        Index(name: "services_type_recent", keys: ["service_type": 1, "created_at": -1, "_id": -1, "status": 1]),
        // Holds all that a sum over completed jobs needs, so that no document is read.
        Index(
            name: "services_revenue",
            keys: ["status": 1, "estimate.currency": 1, "closed_at": 1, "estimate.minor_units": 1],
            partialFilter: ["status": "completed"]),
    ]

    /// A page at a time, in the order of ids. Whoever has words already is left alone, so that running again costs little.
    private func addWords(to store: Store) async throws(MongoError) {
        var last: ObjectID?
        while true {
            var filter: Document = ["search": ["$exists": false]]
            if let last { filter.append("_id", ["$gt": .id(last)]) }
            let users = try await store.users.find(
                filter, sort: ["_id": 1], projection: ["name": 1, "email": 1, "phone": 1, "is_active": 1],
                limit: Self.page)
            try await store.users.bulk(users.compactMap(Self.addition), ordered: false)
            guard users.count == Self.page, let next = users.last?.get("_id", as: ObjectID.self) else { return }
            last = next
        }
    }

    /// Also says aloud what the old system left unsaid: an account is active unless it was switched off.
    private static func addition(to user: Document) -> BulkWrite? {
        guard let id = user["_id"] else { return nil }
        var set: Document = [SearchWords.field: .array(SearchWords.of(user).map(BSONValue.string))]
        if user["is_active"] == nil { set.append("is_active", true) }
        return .updateOne(["_id": id, SearchWords.field: ["$exists": false]], ["$set": .document(set)])
    }

    private static let page = 500
}
