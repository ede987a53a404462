import BSON
import Mongo

/// The capped collection over which live positions reach the other servers.
struct M0016RelayPositions: Migration {
    let number = 16
    let name = "relay positions"
    let restoresCollections = true

    static let collection = "live_positions"
    /// About fifteen thousand positions: those of a thousand live jobs for half a minute. Ours.
    static let bytes: Int64 = 4 << 20

    func apply(to store: Store) async throws(MongoError) {
        if try await !store.client.collectionNames().contains(Self.collection) {
            do {
                _ = try await store.client.run([
                    "create": .string(Self.collection), "capped": true, "size": .int64(Self.bytes),
                ])
            } catch  where error.serverCode == M0001CreateCollections.namespaceExists {
                // Somebody else was quicker.
            }
        }
        // A server lets nobody wait at the end of an empty collection.
        if try await store.livePositions.findOne([:]) == nil {
            try await store.livePositions.insert(["_id": .id(ObjectID())])
        }
    }
}
