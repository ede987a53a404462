import BSON
import Foundation
import Mongo
import RoadsideRules

extension Accounts {
    /// Changes one's own profile; what the change does not name stays.
    ///
    /// Addresses are not changed this way (``changeAddress(_:to:password:)``): the number may only be repeated. A provider
    /// who comes on duty or moves is offered what is open around him.
    /// - Throws: `VALIDATION_ERROR` with every issue, `NOT_FOUND`; `PROVIDER_BUSY` for who wants to be available while he
    ///   holds a job, and then nothing of the change is done.
    public func update(_ caller: Caller, _ change: ProfileChange) async throws(RoadsideError) -> Account {
        let before = try await account(caller.userID)
        let reference = dependencies.reference.current
        let draft = try ProfileDraft(change, of: before, settings: settings, reference: reference)
        let now = now
        try await store.transaction { transaction in
            var set = draft.user
            set.append("updated_at", .date(now))
            try transaction.users.updateOne(
                ["_id": .id(before.id)], ["$set": .document(set), "$inc": ["version": .int64(1)]])
            if !draft.user.isEmpty { try SearchWords.renew(of: .id(before.id), in: transaction) }
            // Read here, so that of two changes at once neither derives from words the other has replaced.
            let profile = draft.changesSkills ? try transaction.mechanics.findOne(["_id": .id(before.id)]) : nil
            if let update = draft.profile(at: now, over: profile ?? [:], by: reference) {
                let found = try transaction.mechanics.updateOne(draft.providerFilter(before.id), update)
                guard found.matched == 1 else {
                    throw RoadsideError(.providerBusy, "You have a job in hand; finish it or give it back first.")
                }
            }
            if let photo = change.photo {
                try Self.change(photo: photo, of: before.id, at: now, in: transaction)
            }
        }
        gate.forget(caller.userID)
        if draft.bringsIntoReach { try await dispatch.offerOpenJobs(to: caller.userID) }
        return try await account(caller.userID)
    }
}

/// A checked change of a profile, sorted by the collection it goes to.
private struct ProfileDraft: Sendable {
    /// Fields of `users`.
    let user: Document
    private let provider: Document
    private let specializations: [String]?
    private let fuelTypes: [String]?
    private let availability: Availability?
    private let movesBase: Bool

    init(_ change: ProfileChange, of account: Account, settings: RoadsideSettings, reference: ReferenceData)
        throws(RoadsideError)
    {
        var check = ProfileCheck(region: settings.phoneRegion)
        let name = check.name(change.name)
        check.phone(change.phone, sameAs: account.phone)
        let vehicle = account.role == .provider ? nil : check.vehicle(change.vehicle)
        var user = Document()
        user.append("name", ifPresent: name)
        user.append("vehicle_info", ifPresent: vehicle?.document)

        var provider = Document()
        var words: [String]?
        var fuels: [String]?
        if account.role == .provider {
            provider.append("name", ifPresent: name)
            words = check.specializations(change.specializations)
            fuels = check.fuelTypes(change.fuelTypes, in: reference)
            provider.append("experience_years", ifPresent: check.experience(change.experienceYears))
            provider.append("service_radius_km", ifPresent: check.serviceRadius(change.serviceRadiusKm))
            provider.append("location", ifPresent: change.location?.geoJSON)
        }
        try check.finish()
        self.user = user
        self.provider = provider
        specializations = words
        fuelTypes = fuels
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

    /// Whether capabilities have to be derived anew.
    var changesSkills: Bool { specializations != nil || fuelTypes != nil }

    /// The update of the `mechanics` document, if any.
    ///
    /// - Parameter profile: the document as it is, when ``changesSkills``.
    func profile(at now: Date, over profile: Document, by reference: ReferenceData) -> Update? {
        guard !provider.isEmpty || changesSkills || availability != nil else { return nil }
        var changes = provider
        if changesSkills {
            let words = specializations ?? profile.get("specialization_raw") ?? []
            let fuels = fuelTypes ?? profile.get("fuel_types") ?? []
            changes.append("specialization_raw", words)
            changes.append("fuel_types", fuels)
            changes.append(
                contentsOf: DerivedCapabilities(specializations: words, fuelTypes: fuels, by: reference).document)
        }
        changes.append("availability", ifPresent: availability?.rawValue)
        return ProviderProfile.update(setting: changes, unsetting: movesBase ? ["fix_at"] : [], at: now)
    }
}
