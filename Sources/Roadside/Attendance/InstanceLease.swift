import BSON
import FoundationEssentials
import Mongo

/// The life of this server as others see it: a row of `instances` that runs out by itself when nobody renews it
/// (realtime.md §3.9). Its times are the database's.
struct InstanceLease {
    /// Another one as soon as the lease has ever run out: then whatever stood under the old one may have been swept away.
    private(set) var incarnation = ObjectID()
    private let lifetime: Duration
    private var renewedAt: ContinuousClock.Instant?

    init(lifetime: Duration) { self.lifetime = lifetime }

    /// - Returns: whether an incarnation begins with it.
    mutating func renew(_ store: Store) async throws(RoadsideError) -> Bool {
        let now = ContinuousClock.now
        let isFresh = renewedAt.map { $0 + lifetime <= now } ?? true
        if isFresh { incarnation = ObjectID() }
        let filter: Document = ["_id": .id(incarnation)]
        let milliseconds = Int64(lifetime / .milliseconds(1))
        try await store.database { () async throws(MongoError) in
            _ = try await store.instances.updateOne(
                filter,
                .pipeline([
                    [
                        "$set": [
                            "started_at": ["$ifNull": ["$started_at", "$$NOW"]],
                            "expires_at": ["$add": ["$$NOW", .int64(milliseconds)]],
                        ]
                    ]
                ]), upsert: true)
        }
        renewedAt = now
        return isFresh
    }

    /// Incarnations whose lease has not run out. Compared with the database's clock, which no index can serve; the
    /// first condition keeps it to one.
    static let living: Document = expiring(["$gt": ["$expires_at", "$$NOW"]])

    /// Those that ran out so long ago that what is theirs can go.
    static func dead(for time: Duration) -> Document {
        expiring(["$lt": ["$expires_at", ["$subtract": ["$$NOW", .int64(Int64(time / .milliseconds(1)))]]]])
    }

    private static func expiring(_ condition: BSONValue) -> Document {
        ["expires_at": ["$gt": .date(.init(timeIntervalSince1970: 0))], "$expr": condition]
    }
}
