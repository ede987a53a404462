import BSON
import Foundation
import Mongo

/// Whether a session that a valid token speaks of is still alive, asked of the database at most once in two seconds per
/// user (decision 25).
struct SessionGate: Sendable {
    struct Standing: Sendable {
        let version: Int
        let isActive: Bool
        /// Sessions signed out one by one whose access tokens may not have run out yet.
        let ended: Set<ObjectID>
        /// Himself, for answers that show him what is his.
        let contact: Contact?
        let readAt: Date
    }

    let store: Store
    let lifetime: Duration
    private let cache = GenerationCache<ObjectID, Standing>(limit: 16_384)
    /// Thousands of providers who report each second are looked up many at a time; while few ask, each is asked for alone.
    private let users: GroupWork<ObjectID, Document?>

    init(store: Store, lifetime: Duration) {
        self.store = store
        self.lifetime = lifetime
        users = GroupWork(leaders: Self.looksAtOnce) { ids throws(RoadsideError) in
            let documents = try await store.database { () async throws(MongoError) in
                try await store.users.find(Self.any(of: Set(ids)), projection: Self.fields, limit: ids.count)
            }
            let found = Dictionary(
                documents.compactMap { document in
                    document.get("_id", as: ObjectID.self).map { ($0, document) }
                }
            ) { first, _ in first }
            return ids.map { .success(found[$0]) }
        }
    }

    /// - Throws: `INVALID_TOKEN` for a session that was ended, `ACCOUNT_DISABLED` for an account switched off.
    func check(_ caller: Caller, at now: Date) async throws(RoadsideError) {
        guard let standing = try await standing(of: caller.userID, at: now) else { throw .invalidToken }
        guard standing.isActive else { throw .accountDisabled }
        guard standing.version == caller.sessionVersion, !standing.ended.contains(caller.sessionID) else {
            throw .invalidToken
        }
    }

    /// Makes this process see a revocation at once; others see it when their answer has grown old.
    func forget(_ user: ObjectID) { cache.remove(user) }

    /// What the last look at this user has shown, while it may be believed; nothing is read for it.
    func contact(of user: ObjectID, at now: Date) -> Contact? {
        cache.value(for: user).flatMap { isFresh($0, at: now) ? $0.contact : nil }
    }

    private func standing(of user: ObjectID, at now: Date) async throws(RoadsideError) -> Standing? {
        if let cached = cache.value(for: user), isFresh(cached, at: now) { return cached }
        let document = try await users(user)
        let standing = document.map { document in
            Standing(
                version: document.get("session_version") ?? 0, isActive: document.get("is_active") ?? true,
                ended: Set(document.get("ended_sessions", as: [ObjectID].self) ?? []),
                contact: Contact(document), readAt: now)
        }
        if let standing { cache.store(standing, for: user) }
        return standing
    }

    private static func any(of ids: Set<ObjectID>) -> Document {
        // The database has a shorter way for one id than for a list of one.
        if let only = ids.first, ids.count == 1 { return ["_id": .id(only)] }
        return ["_id": ["$in": .array(ids.sorted().map(BSONValue.id))]]
    }

    /// Looks under way at the same time before others wait to be asked for together. Ours.
    private static let looksAtOnce = 2

    private static let fields: Document =
        Contact.fields.and(["session_version": 1, "is_active": 1, "ended_sessions": 1])

    private func isFresh(_ standing: Standing, at now: Date) -> Bool {
        let age = now.timeIntervalSince(standing.readAt)
        return age >= 0 && age < lifetime.timeInterval
    }
}
