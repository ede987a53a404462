import BSON
import Foundation
import Mongo
import RoadsideRules

extension Accounts {
    /// Changes one's own profile; what the change does not name stays.
    ///
    /// A new phone number is unproven until its code comes back, and signs out every other device (trust.md §1.7).
    /// - Throws: `VALIDATION_ERROR` with every issue, `PHONE_TAKEN`, `NOT_FOUND`.
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
        try await store.transaction { transaction in
            var set = draft.user
            set.append("updated_at", .date(now))
            try transaction.users.updateOne(
                ["_id": .id(before.id)], ["$set": .document(set), "$inc": ["version": .int64(1)]])
            if let update = draft.profile(at: now) {
                try transaction.mechanics.updateOne(["_id": .id(before.id)], update)
            }
            guard let code = sent.first else { return }
            try transaction.verificationCodes.updateOne(
                ["_id": .string(code.address.key)], code.update, upsert: true)
            try Self.endOthers(than: caller, in: transaction)
        }
        if !sent.isEmpty { gate.forget(caller.userID) }
        await deliver(sent)
        return try await account(caller.userID)
    }

    private static func endOthers(than caller: Caller, in transaction: MongoTransaction) throws(MongoError) {
        let others = try transaction.sessions.find(
            [
                "user_id": .id(caller.userID), "state": .string(Session.State.active.rawValue),
                "family": ["$ne": .id(caller.sessionID)],
            ], projection: ["family": 1])
        let families = Set(others.compactMap { $0.get("family", as: ObjectID.self) }).sorted()
        if !families.isEmpty { try end(families, of: caller.userID, in: transaction) }
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
        availability = speaksOfWork ? change.isAvailable.map { $0 ? .available : .offline } : nil
        movesBase = speaksOfWork && change.location != nil
    }

    /// The update of the `mechanics` document, if any. Who has a job stays busy until he is released from it.
    func profile(at now: Date) -> Update? {
        guard !provider.isEmpty || availability != nil else { return nil }
        var computed = Document()
        if let availability {
            computed.append("availability", .document(ProviderProfile.unlessBusy(availability)))
        }
        return ProviderProfile.update(
            setting: provider, computing: computed, unsetting: movesBase ? ["fix_at"] : [], at: now)
    }
}
