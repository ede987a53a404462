public import BSON
import Foundation
import Logging
import Mongo
import RoadsideRules

// What an administrator may do to an account. Whoever calls has made sure that he is one.
extension Accounts {
    /// Switches an account on or off. Off ends all its sessions, closes its sockets and takes a provider out of every
    /// search at once.
    /// - Throws: `NOT_FOUND`; `CONFLICT` for the last admin who is switched on.
    public func setActive(_ isActive: Bool, account id: ObjectID) async throws(RoadsideError) -> Account {
        try await setActive(isActive, account: .id(id), by: nil)
    }

    /// - Parameters:
    ///   - wanted: nil flips what the account is at that moment.
    ///   - admin: who does it, and may not do it to himself; nil for the system.
    func setActive(
        _ wanted: Bool?, account reference: Reference, by admin: Caller?
    ) async throws(RoadsideError) -> Account {
        let now = now
        let (id, isActive, rows) = try await store.transaction { transaction -> (ObjectID, Bool, [InboxRow]) in
            let user = try transaction.users.findOne(reference.filter, projection: ["is_active": 1, "roles": 1])
            guard let user, let id: ObjectID = user.get("_id") else { throw RoadsideError.notFound("Account") }
            let was = user.get("is_active") ?? true
            let isActive = wanted ?? !was
            guard isActive != was else { return (id, isActive, []) }
            try transaction.audit(
                AuditEvent(
                    action: isActive ? .userSwitchedOn : .userSwitchedOff, subject: AuditSubject(.user, id),
                    before: ["is_active": .bool(was)], after: ["is_active": .bool(isActive)]),
                by: admin.map(AuditAuthor.init) ?? AuditAuthor(.system), at: now)

            try transaction.mechanics.updateOne(
                ["_id": .id(id)], ProviderProfile.update(setting: ["is_active": .bool(isActive)], at: now))
            guard !isActive else {
                try transaction.users.updateOne(
                    ["_id": .id(id)], ["$set": ["is_active": true, "updated_at": .date(now)]])
                return (id, isActive, [])
            }
            guard id != admin?.userID else {
                throw RoadsideError(.conflict, "You cannot switch off your own account.")
            }
            if user.get("roles", as: [String].self)?.contains(Role.admin.rawValue) == true {
                try Self.keepAnAdmin(besides: id, in: transaction)
            }
            return (
                id, isActive, try endAll(of: id, setting: ["is_active": false], reason: "disabled", in: transaction)
            )
        }
        gate.forget(id)
        inbox.ring(rows)
        // What this call has made of it, whoever flips it again meanwhile.
        var account = try await account(id)
        account.isActive = isActive
        account.provider?.isActive = isActive
        if isActive { await offerOpenJobs(to: account) }
        return account
    }

    /// Approves a provider, who is offered jobs from then on, or rejects him with a reason (decision 20). He finds a row
    /// in his inbox when that is news.
    /// - Throws: `NOT_FOUND` for anybody who is not a provider; `VALIDATION_ERROR` for a reason beyond 500 characters;
    ///   `CONFLICT` for an approval before the papers that the installation asks for.
    public func vet(provider id: ObjectID, approve: Bool, reason: String? = nil) async throws(RoadsideError) -> Account
    {
        try await vet(.id(id), approve: approve, reason: reason)
    }

    /// - Parameter admin: who says so; nil for the system.
    func vet(
        _ reference: Reference, approve: Bool, reason: String? = nil, by admin: Caller? = nil
    ) async throws(RoadsideError) -> Account {
        let reason = try Wording.reason(reason)
        let state: VettingState = approve ? .verified : .rejected
        let verification: Document = [
            "state": .string(state.rawValue), "reasons": .array(reason.map { [BSONValue.string($0)] } ?? []),
        ]
        let (needsPapers, dependencies) = (approve && !settings.requiredPapers.isEmpty, dependencies)
        let now = now
        let update = ProviderProfile.update(setting: ["verification": .document(verification)], at: now)
        let (id, rows) = try await store.transaction { transaction -> (ObjectID, [InboxRow]) in
            if needsPapers, let profile = try transaction.mechanics.findOne(reference.filter) {
                let missing = dependencies.missingPapers(of: try ProviderProfile(profile), at: now)
                guard missing.isEmpty else { throw RoadsideError.papersMissing(missing) }
            }
            // A provider has the id and the number of his user.
            let before = try transaction.mechanics.findOneAndUpdate(
                reference.filter, update, returning: .before, projection: ["verification": 1])
            guard let before, let id: ObjectID = before.get("_id") else { throw RoadsideError.notFound("Provider") }
            let was: Document? = before.get("verification")
            guard was != verification else { return (id, []) }
            try transaction.audit(
                AuditEvent(
                    action: approve ? .providerApproved : .providerRejected, subject: AuditSubject(.user, id),
                    before: was ?? [:], after: verification),
                by: admin.map(AuditAuthor.init) ?? AuditAuthor(.system), at: now)
            var body = InboxBody(message: approve ? "provider.approved" : "provider.rejected")
            body.topic = "account"
            body.reason = reason
            return (
                id,
                try inbox.append(
                    [InboxEntry(recipient: id, kind: .message, routes: [], body: body)], in: transaction)
            )
        }
        inbox.ring(rows)
        let account = try await account(id)
        if approve { await offerOpenJobs(to: account) }
        return account
    }

    /// Two admins who switch each other off would each leave the other in his own transaction, so both write one document
    /// and one of them has to look again.
    static func keepAnAdmin(besides id: ObjectID, in transaction: MongoTransaction) throws {
        try transaction.settings.updateOne(["_id": "admins"], ["$inc": ["switched_off": .int64(1)]], upsert: true)
        let another = try transaction.users.findOne(
            ["roles": .string(Role.admin.rawValue), "is_active": ["$ne": false], "_id": ["$ne": .id(id)]],
            projection: ["_id": 1])
        guard another != nil else {
            throw RoadsideError(.conflict, "This is the last admin; somebody has to stay.")
        }
    }

    /// Who comes into reach is offered what is open around him. A failure costs him only the jobs that are older.
    private func offerOpenJobs(to account: Account) async {
        guard account.provider?.isDispatchable == true else { return }
        do {
            try await dispatch.offerOpenJobs(to: account.id)
        } catch {
            dependencies.logger.warning(
                "Open jobs could not be offered to a provider who came back", metadata: ["error": "\(error)"])
        }
    }
}

extension Accounts {
    /// Whether nobody has an account yet, as on an installation that has just been made.
    public func isEmpty() async throws(RoadsideError) -> Bool {
        try await store.database { () async throws(MongoError) in try await store.users.findOne([:]) == nil }
    }
}

extension RoadsideError {
    fileprivate static func papersMissing(_ kinds: [PaperKind]) -> RoadsideError {
        RoadsideError(
            .conflict, "Documents of this provider are missing or have expired.",
            details: [("missing", JSON(kinds.map(\.rawValue)))])
    }
}
