public import BSON
import Foundation
import Mongo
import RoadsideRules

// What an administrator may do to an account. Whoever calls has made sure that he is one.
extension Accounts {
    /// Switches an account on or off. Off ends all its sessions, closes its sockets and takes a provider out of every
    /// search at once.
    /// - Throws: `NOT_FOUND`.
    public func setActive(_ isActive: Bool, account id: ObjectID) async throws(RoadsideError) -> Account {
        let now = now
        let rows = try await store.transaction { transaction -> [InboxRow] in
            try transaction.mechanics.updateOne(
                ["_id": .id(id)], ProviderProfile.update(setting: ["is_active": .bool(isActive)], at: now))
            guard !isActive else {
                let found = try transaction.users.updateOne(
                    ["_id": .id(id)], ["$set": ["is_active": true, "updated_at": .date(now)]])
                guard found.matched == 1 else { throw RoadsideError.notFound("Account") }
                return []
            }
            return try endAll(of: id, setting: ["is_active": false], reason: "disabled", in: transaction)
        }
        gate.forget(id)
        inbox.ring(rows)
        return try await account(id)
    }

    /// Approves a provider, who is offered jobs from then on, or rejects him with a reason (decision 20).
    /// - Throws: `NOT_FOUND` for anybody who is not a provider.
    public func vet(provider id: ObjectID, approve: Bool, reason: String? = nil) async throws(RoadsideError) -> Account
    {
        let state: VettingState = approve ? .verified : .rejected
        let reasons = reason.map { [BSONValue.string($0)] } ?? []
        let update = ProviderProfile.update(
            setting: ["verification": ["state": .string(state.rawValue), "reasons": .array(reasons)]], at: now)
        let found = try await store.database { () async throws(MongoError) in
            try await store.mechanics.updateOne(["_id": .id(id)], update)
        }
        guard found.matched == 1 else { throw .notFound("Provider") }
        return try await account(id)
    }
}

extension Accounts {
    /// Whether nobody has an account yet, as on an installation that has just been made.
    public func isEmpty() async throws(RoadsideError) -> Bool {
        try await store.database { () async throws(MongoError) in try await store.users.findOne([:]) == nil }
    }
}
