import BSON
import Mongo

/// Bookings by their own names, by their job, and as lists in the order in which they are read.
struct M0004CreateBookingIndexes: Migration {
    let number = 4
    let name = "create booking indexes"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        try await store.bookings.createIndexes(Self.indexes, deadline: .current)
    }

    static let indexes = [
        Index(name: "bookings_number", keys: ["number": 1], unique: true),
        // A job has one booking, for cancelling one cancels the other, and a finished job is booked no more.
        Index(name: UniqueIndex.bookingJob.rawValue, keys: ["job_id": 1], unique: true),
        Index(name: "bookings_customer", keys: ["customer_id": 1, "created_at": -1, "_id": -1]),
        Index(
            name: "bookings_provider", keys: ["mechanic_id": 1, "created_at": -1, "_id": -1],
            partialFilter: ["mechanic_id": ["$exists": true]]),
        Index(name: "bookings_recent", keys: ["created_at": -1, "_id": -1]),
    ]
}
