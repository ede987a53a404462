import BSON
import Mongo
import RoadsideRules

/// Where the zones of the reference data are installed.
struct M0009CreateZones: Migration {
    let number = 9
    let name = "create zones"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        // Creates the collection, too.
        try await store.reference(.zones).createIndexes([Self.index], deadline: .current)
    }

    static let index = Index(name: "zones_version", keys: ["key": 1, "version": -1], unique: true)
}
