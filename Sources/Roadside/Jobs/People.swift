import BSON
import Mongo
import RoadsideRules

/// The people of some jobs, read once for all of them.
struct People: Sendable {
    let customers: [ObjectID: Document]
    let providers: [ObjectID: ProviderProfile]

    init(of records: [JobRecord], viewer: Caller, _ store: Store) async throws(RoadsideError) {
        var providerIDs = Set(records.compactMap(\.assignedTo))
        if viewer.role == .provider { providerIDs.insert(viewer.userID) }
        let customerIDs = Set(records.map(\.customerID))
        let (wanted, working) = (customerIDs, providerIDs)
        // One thread for both reads: a hop costs as much as a read of one document.
        let found = try await store.lease { lease throws(MongoError) in
            (
                try lease.users.find(
                    Self.any(of: wanted), projection: Self.shown, limit: wanted.count),
                working.isEmpty ? [] : try lease.mechanics.find(Self.any(of: working), limit: working.count)
            )
        }
        customers = Dictionary(found.0.compactMap { user in user.get("_id").map { ($0, user) } }) { first, _ in first }
        providers = Dictionary(
            found.1.compactMap { profile in (try? ProviderProfile(profile)).map { ($0.id, $0) } }
        ) { first, _ in first }
    }

    /// The people of a job that nobody has taken yet.
    init(customer: ObjectID, _ store: Store) async throws(RoadsideError) {
        let user = try await store.database { () async throws(MongoError) in
            try await store.users.findOne(["_id": .id(customer)], projection: Self.shown)
        }
        customers = user.map { [customer: $0] } ?? [:]
        providers = [:]
    }

    private static let shown: Document = ["number": 1, "name": 1, "phone": 1, "email": 1]

    private static func any(of ids: Set<ObjectID>) -> Document {
        // The database has a shorter way for one id than for a list of one.
        if let only = ids.first, ids.count == 1 { return ["_id": .id(only)] }
        return ["_id": ["$in": .array(ids.sorted().map(BSONValue.id))]]
    }
}
