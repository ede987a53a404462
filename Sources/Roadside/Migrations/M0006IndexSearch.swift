import BSON
import Mongo

/// What a search for anybody nearby is read by. The index made for dispatch holds a key for each capability, so such a
/// search met everybody about twice.
struct M0006IndexSearch: Migration {
    let number = 6
    let name = "index the search nearby"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        try await store.mechanics.createIndexes([Self.index], deadline: .current)
    }

    static let index = Index(
        name: "mechanics_search", keys: ["location": "2dsphere"], partialFilter: ["dispatchable": true])
}
