import BSON
import Mongo

/// Counters of what costs money or room, until their window is over.
struct M0020KeepBudgets: Migration {
    let number = 20
    let name = "keep budgets"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        // Creates the collection, too.
        try await store.budgets.createIndexes([Self.index], deadline: .current)
    }

    static let index = Index(name: "budgets_purge", keys: ["purge_at": 1], expireAfterSeconds: 0)
}
