import BSON
import Mongo

/// What came from another system says where from, once for each of its rows: the last word on a repeated import.
struct M0023KeepOrigins: Migration {
    let number = 23
    let name = "keep where imported people, jobs and reviews came from"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        for (collection, index) in Self.indexes {
            try await store.client.collection(collection).createIndexes([index], deadline: .current)
        }
    }

    static let indexes: [(collection: String, index: Index)] = ["users", "services", "reviews"].map {
        (
            $0,
            Index(
                name: "\($0)_imported",
                keys: [
                    "\(Origin.field).system": 1, "\(Origin.field).table": 1,
                    "\(Origin.field).id": 1,
                ], unique: true,
                partialFilter: ["\(Origin.field).id": ["$exists": true]])
        )
    }
}
