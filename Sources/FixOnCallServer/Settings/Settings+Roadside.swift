import Roadside
import RoadsideRules

extension Settings {
    /// The domain's own settings.
    var roadside: RoadsideSettings {
        var rules = environment == .production ? RoadsideSettings.production : RoadsideSettings()
        if environment == .test { rules.environment = .test }
        rules.removedSafeguards = RemovedSafeguards.read(in: environment)
        rules.autoVerify = providers.autoVerify
        rules.bcryptCost = accounts.bcryptCost
        rules.accessTokenLifetime = .seconds(accounts.accessMinutes * 60)
        rules.refreshTokenLifetime = .seconds(accounts.refreshDays * 24 * 3600)
        rules.bootstrapToken = secrets.bootstrapAdmin
        rules.startOTP = jobs.startOTP == "required" ? .required : .byRoute
        rules.bookingLead = .seconds(bookings.leadMinutes * 60)
        rules.exclusiveOfferLifetime = .seconds(dispatch.pickSeconds)
        rules.searchPlan = SearchPlan(
            startKm: dispatch.startKm, stepKm: dispatch.stepKm, maxKm: dispatch.maxKm,
            ringSeconds: Double(dispatch.ringSeconds), fanOut: dispatch.fanOut,
            searchSeconds: Double(dispatch.searchSeconds))
        return rules
    }
}

extension Settings {
    /// Where a development server leaves its verification codes; production delivers them.
    public var outbox: String? {
        environment == .production ? nil : "\(state.directory)/outbox.jsonl"
    }
}
