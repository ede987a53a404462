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
        let found = try await store.database { () async throws(MongoError) in
            (
                try await store.users.find(
                    Self.any(of: customerIDs), projection: ["number": 1, "name": 1, "phone": 1, "email": 1]),
                try await store.mechanics.find(Self.any(of: providerIDs))
            )
        }
        customers = Dictionary(found.0.compactMap { user in user.get("_id").map { ($0, user) } }) { first, _ in first }
        providers = Dictionary(
            found.1.compactMap { profile in (try? ProviderProfile(profile)).map { ($0.id, $0) } }
        ) { first, _ in first }
    }

    private static func any(of ids: Set<ObjectID>) -> Document {
        ["_id": ["$in": .array(ids.sorted().map(BSONValue.id))]]
    }
}
