import BSON
import Mongo

/// Takes away what nothing is read by any more: narrower indexes of the lists and searches serve instead. Every position
/// that a provider reports was written into one of these, too.
struct M0007DropIndexes: Migration {
    let number = 7
    let name = "drop idle indexes"
    /// The migration that made them makes them again when a collection was lost.
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        for (collection, indexes) in Self.idle {
            for index in indexes {
                do {
                    try await store.client.run(["dropIndexes": .string(collection), "index": .string(index)])
                } catch {
                    guard error.serverCode == Self.indexNotFound else { throw error }
                }
            }
        }
    }

    static let idle = [
        (collection: "users", indexes: ["users_role"]),
        (collection: "mechanics", indexes: ["mechanics_location"]),
        (collection: "services", indexes: ["services_location", "services_status"]),
    ]

    private static let indexNotFound = 27
}
