import BSON
import Foundation
import Mongo

/// The right to migrate: a document of `leases` that one process holds at a time and that runs out by itself when the
/// process dies. All times are the database's.
struct MigrationLease: Sendable {
    static let name = "migrations"
    private static let lifetimeMilliseconds: Int64 = 15_000
    private static let renewal: Duration = .seconds(4)
    private static let look: Duration = .milliseconds(200)

    let holder: ObjectID
    /// Grows with every holder: a record written under an old fence is refused.
    let fence: Int64

    /// Waits for its turn.
    /// - Throws: `CONFLICT` when another process has held it all the time.
    static func acquire(_ store: Store, waiting limit: Duration) async throws(RoadsideError) -> MigrationLease {
        let holder = ObjectID()
        let end = ContinuousClock.now.advanced(by: limit)
        repeat {
            if let lease = try await take(store, for: holder) { return lease }
            await Wakeup().wait(atMost: look)
        } while ContinuousClock.now < end && !Task.isCancelled
        throw RoadsideError(.conflict, "Another server is migrating this database. Please try again later.")
    }

    /// One write that changes nothing while somebody else holds it.
    private static func take(_ store: Store, for holder: ObjectID) async throws(RoadsideError) -> MigrationLease? {
        func whenFree(_ new: BSONValue, else field: String) -> BSONValue {
            let runOut: BSONValue = ["$ifNull": ["$expires_at", .date(Date(timeIntervalSince1970: 0))]]
            return ["$cond": [["$lte": [runOut, "$$NOW"]], new, .string("$\(field)")]]
        }
        let document = try await store.database { () async throws(MongoError) in
            try await store.leases.findOneAndUpdate(
                ["_id": .string(name)],
                .pipeline([
                    [
                        "$set": [
                            "holder": whenFree(.id(holder), else: "holder"),
                            "fence": whenFree(
                                ["$add": [["$ifNull": ["$fence", .int64(0)]], .int64(1)]], else: "fence"),
                            "expires_at": whenFree(later, else: "expires_at"),
                        ]
                    ]
                ]), upsert: true)
        }
        guard document?.get("holder") == holder, let fence: Int64 = document?.get("fence") else { return nil }
        return MigrationLease(holder: holder, fence: fence)
    }

    /// Renews until the task is cancelled. A renewal that fails is tried again; the fence guards what is written.
    func keep(_ store: Store) async {
        while !Task.isCancelled {
            await Wakeup().wait(atMost: Self.renewal)
            if Task.isCancelled { return }
            _ = try? await store.leases.updateOne(filter, .pipeline([["$set": ["expires_at": Self.later]]]))
        }
    }

    /// Gives it back, so that the next one need not wait for the end. Without its holder it cannot be renewed by a
    /// `keep` that is just ending.
    func release(_ store: Store) async {
        _ = try? await store.leases.updateOne(
            filter, .pipeline([["$set": ["expires_at": "$$NOW", "holder": .null]]]))
    }

    /// Records a migration, unless the lease has passed to somebody else meanwhile.
    /// - Throws: `CONFLICT`.
    func record(_ migration: any Migration, _ store: Store) async throws(RoadsideError) {
        var mine = filter
        mine.append("$expr", ["$gt": ["$expires_at", "$$NOW"]])
        let held = mine
        let (number, name) = (migration.number, migration.name)
        try await store.transaction { transaction in
            let touched = try transaction.leases.updateOne(held, ["$set": ["last": .int32(Int32(number))]])
            guard touched.matched == 1 else {
                throw RoadsideError(.conflict, "Another server has taken over the migration.")
            }
            try transaction.migrations.updateOne(
                ["_id": .int32(Int32(number))],
                ["$set": ["name": .string(name), "fence": .int64(fence)], "$currentDate": ["applied_at": true]],
                upsert: true)
        }
    }

    private var filter: Document {
        ["_id": .string(Self.name), "holder": .id(holder), "fence": .int64(fence)]
    }

    private static let later: BSONValue = ["$add": ["$$NOW", .int64(lifetimeMilliseconds)]]
}
