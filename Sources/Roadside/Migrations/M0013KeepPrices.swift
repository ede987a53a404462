import BSON
import Mongo

/// Quotes, which go away by themselves, and revenue that counts what was added to a job's estimate.
struct M0013KeepPrices: Migration {
    let number = 13
    let name = "keep quotes and final prices"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        // Creates the collection, too.
        try await store.quotes.createIndexes(Self.quotes, deadline: .current)
        try await store.services.createIndexes([Self.takings], deadline: .current)
        do {
            try await store.client.run(["dropIndexes": .string(store.services.name), "index": .string(Self.idle)])
        } catch {
            guard error.serverCode == Self.indexNotFound else { throw error }
        }
    }

    static let quotes = [
        // The writer sets `purge_at` to a day after the quote's end.
        Index(name: "quotes_purge", keys: ["purge_at": 1], expireAfterSeconds: 0)
    ]

    /// Holds all that a sum over completed jobs needs, so that no document is read. Most jobs come to just their estimate
    /// and have no `beyond_estimate`.
    static let takings = Index(
        name: "services_takings",
        keys: [
            "status": 1, "estimate.currency": 1, "closed_at": 1, "estimate.minor_units": 1, "beyond_estimate": 1,
        ],
        partialFilter: ["status": "completed"])

    /// The narrower one of migration 5.
    static let idle = "services_revenue"
    private static let indexNotFound = 27
}
