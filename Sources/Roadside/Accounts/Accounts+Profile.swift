import BSON
import Foundation
import Mongo
import RoadsideRules

extension Accounts {
    /// Changes one's own profile; what the change does not name stays.
    ///
    /// A new phone number is unproven until its code comes back, and signs out every other device (trust.md §1.7);
    /// their sockets close. A provider who comes on duty or moves is offered what is open around him.
    /// - Throws: `VALIDATION_ERROR` with every issue, `PHONE_TAKEN`, `NOT_FOUND`; `PROVIDER_BUSY` for who wants to be
    ///   available while he holds a job, and then nothing of the change is done.
    public func update(_ caller: Caller, _ change: ProfileChange) async throws(RoadsideError) -> Account {
        let before = try await account(caller.userID)
        let draft = try ProfileDraft(change, of: before, settings: settings)
        let now = now
        var codes: [VerificationCode] = []
        if let phone = draft.newPhone {
            let address = ContactAddress(phone: phone)
            codes.append(try VerificationCode(for: address, of: before.id, dependencies: dependencies, at: now))
        }
        let sent = codes
        let rows = try await store.transaction { transaction -> [InboxRow] in
            var set = draft.user
            set.append("updated_at", .date(now))
            try transaction.users.updateOne(
                ["_id": .id(before.id)], ["$set": .document(set), "$inc": ["version": .int64(1)]])
            if let update = draft.profile(at: now) {
                let found = try transaction.mechanics.updateOne(draft.providerFilter(before.id), update)
                guard found.matched == 1 else {
                    throw RoadsideError(.providerBusy, "You have a job in hand; finish it or give it back first.")
                }
            }
            guard let code = sent.first else { return [] }
            try transaction.verificationCodes.updateOne(
                ["_id": .string(code.address.key)], code.update, upsert: true)
            return try endOthers(than: caller, in: transaction)
        }
        if !sent.isEmpty { gate.forget(caller.userID) }
        inbox.ring(rows)
        await deliver(sent)
        if draft.bringsIntoReach { try await dispatch.offerOpenJobs(to: caller.userID) }
        return try await account(caller.userID)
    }

    /// Ends the caller's other sessions and writes the rows that close their sockets.
    private func endOthers(than caller: Caller, in transaction: MongoTransaction) throws -> [InboxRow] {
        let others = try transaction.sessions.find(
            [
                "user_id": .id(caller.userID), "state": .string(Session.State.active.rawValue),
                "family": ["$ne": .id(caller.sessionID)],
            ], projection: ["family": 1])
        let families = Set(others.compactMap { $0.get("family", as: ObjectID.self) }).sorted()
        guard !families.isEmpty else { return [] }
        try Self.end(families, of: caller.userID, in: transaction)
        return try inbox.append(
            families.map { Self.revocation(of: caller.userID, session: $0, reason: "phone_changed") }, in: transaction)
    }
}

/// A checked change of a profile, sorted by the collection it goes to.
private struct ProfileDraft: Sendable {
    /// Fields of `users`.
    let user: Document
    /// The new number, when it is another than before.
    let newPhone: String?
    private let provider: Document
    private let availability: Availability?
    private let movesBase: Bool

    init(_ change: ProfileChange, of account: Account, settings: RoadsideSettings) throws(RoadsideError) {
        var check = ProfileCheck(region: settings.phoneRegion)
        let name = check.name(change.name)
        let typed = check.phone(change.phone)
        let phone = typed == account.phone ? nil : typed
        let vehicle = account.role == .provider ? nil : check.vehicle(change.vehicle)
        var user = Document()
        user.append("name", ifPresent: name)
        if let phone {
            user.append("phone", phone)
            user.append("is_verified.phone", false)
        }
        user.append("vehicle_info", ifPresent: vehicle?.document)

        var provider = Document()
        if account.role == .provider {
            provider.append("name", ifPresent: name)
            provider.append("phone", ifPresent: phone)
            if let words = check.specializations(change.specializations) {
                provider.append("specialization_raw", words)
                provider.append("capabilities", Capabilities.from(specializations: words).sorted())
            }
            provider.append("experience_years", ifPresent: check.experience(change.experienceYears))
            provider.append("service_radius_km", ifPresent: check.serviceRadius(change.serviceRadiusKm))
            provider.append("location", ifPresent: change.location?.geoJSON)
        }
        try check.finish()
        self.user = user
        self.provider = provider
        newPhone = phone
        let speaksOfWork = account.role == .provider
        // A busy provider's profile says that he is not available: who sends it back as it was wants no change.
        let repeats = account.provider?.availability == .busy && change.isAvailable == false
        availability = speaksOfWork && !repeats ? change.isAvailable.map { $0 ? .available : .offline } : nil
        movesBase = speaksOfWork && change.location != nil
    }

    /// Whether jobs that are open already may be news to the provider.
    var bringsIntoReach: Bool { availability == .available || movesBase }

    /// The `mechanics` document; with an availability in the change, only while no job is in hand. Asked of the database
    /// in the update itself, so that a job accepted in this very moment is not overlooked.
    func providerFilter(_ id: ObjectID) -> Document {
        guard availability != nil else { return ["_id": .id(id)] }
        return [
            "_id": .id(id), "current_job": .null, "availability": ["$ne": .string(Availability.busy.rawValue)],
        ]
    }

    /// The update of the `mechanics` document, if any.
    func profile(at now: Date) -> Update? {
        guard !provider.isEmpty || availability != nil else { return nil }
        var changes = provider
        changes.append("availability", ifPresent: availability?.rawValue)
        return ProviderProfile.update(setting: changes, unsetting: movesBase ? ["fix_at"] : [], at: now)
    }
}
