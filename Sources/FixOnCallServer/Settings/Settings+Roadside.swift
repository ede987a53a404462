import Gateways
import Roadside
import RoadsideRules

extension Settings {
    /// The domain's own settings.
    var roadside: RoadsideSettings {
        var rules = environment == .production ? RoadsideSettings.production : RoadsideSettings()
        if environment == .test { rules.environment = .test }
        rules.removedSafeguards = RemovedSafeguards.read(in: environment)
        rules.autoVerify = providers.autoVerify
        rules.requiredPapers = Set(providers.requiredDocuments.compactMap(PaperKind.init(rawValue:)))
        rules.uploadsPerDay = uploads.perDay
        rules.dutyLimit = .seconds(providers.dutyHours * 3600)
        rules.offlineAfter = .seconds(providers.offlineSeconds)
        rules.bcryptCost = accounts.bcryptCost
        rules.passwordThreads = accounts.passwordThreads
        rules.passwordQueue = accounts.passwordQueue
        rules.limits = limitRules
        rules.accessTokenLifetime = .seconds(accounts.accessMinutes * 60)
        rules.refreshTokenLifetime = .seconds(accounts.refreshDays * 24 * 3600)
        rules.bootstrapToken = secrets.bootstrapAdmin
        rules.letsGuestsIn = careConnect.guests && environment != .production
        rules.startOTP = jobs.startOTP == "required" ? .required : .byRoute
        rules.bookingLead = .seconds(bookings.leadMinutes * 60)
        rules.bookingBuffer = .seconds(bookings.bufferMinutes * 60)
        rules.bookingHoldAhead = .seconds(bookings.holdAheadMinutes * 60)
        rules.exclusiveOfferLifetime = .seconds(dispatch.pickSeconds)
        rules.searchPlan = SearchPlan(
            mode: DispatchMode(rawValue: dispatch.mode) ?? .broadcast, startKm: dispatch.startKm,
            stepKm: dispatch.stepKm, maxKm: dispatch.maxKm, ringSeconds: Double(dispatch.ringSeconds),
            fanOut: dispatch.fanOut, staggerSeconds: Double(dispatch.staggerSeconds),
            offerSeconds: Double(dispatch.offerSeconds), searchSeconds: Double(dispatch.searchSeconds))
        rules.matching = Matching(rawValue: dispatch.matching) ?? .assignment
        rules.roundInterval = .seconds(dispatch.roundSeconds)
        rules.traceLifetime = dispatch.traceDays == 0 ? nil : .seconds(dispatch.traceDays * 24 * 3600)
        rules.reviewWindow = .seconds(reviews.windowDays * 24 * 3600)
        rules.chatAfter = .seconds(chat.afterMinutes * 60)
        rules.chatPerMinute = chat.perMinute
        rules.emergencyRepeat = .seconds(emergencies.repeatSeconds)
        rules.idempotencyLifetime = .seconds(idempotency.keepHours * 3600)
        rules.idempotencyLease = .seconds(idempotency.leaseSeconds)
        rules.canaryInterval = .seconds(sockets.canarySeconds)
        rules.arrivalWait = .seconds(jobs.waitMinutes * 60)
        rules.supervision = supervision
        // Last, so that the settings above may be whole seconds and what becomes of them need not.
        return simulation.factor == 1 ? rules : rules.scaled(by: 1 / simulation.factor)
    }

    private var supervision: SupervisionPlan {
        var plan = SupervisionPlan()
        plan.staleSeconds = Double(tracking.staleSeconds)
        plan.silentSeconds = Double(tracking.silentSeconds)
        plan.stallMetres = tracking.stallMetres
        plan.stallSeconds = Double(tracking.stallMinutes * 60)
        plan.lateSeconds = Double(tracking.lateMinutes * 60)
        plan.nearMetres = tracking.nearMetres
        plan.departMetres = tracking.departMetres
        plan.arrivalMetres = tracking.arrivalMetres
        plan.arrivalSeconds = Double(tracking.arrivalSeconds)
        plan.arrivalAccuracy = tracking.arrivalAccuracy
        plan.arrivesByItself = tracking.autoArrive
        plan.etaSeconds = Double(tracking.etaSeconds)
        return plan
    }
}

extension Settings {
    /// The mail server, checked; nil where none is set.
    var mailServer: MailServer? {
        get throws(MailServer.Fault) {
            guard let url = mail.url else { return nil }
            return try MailServer(
                address: url, login: mail.user.map { (user: $0, password: mail.password ?? "") },
                sender: mail.from ?? "", certificates: mail.certificates, isPlain: mail.plain)
        }
    }

    /// Where a development server leaves its verification codes; production delivers them.
    public var outbox: String? {
        environment == .production ? nil : "\(state.directory)/outbox.jsonl"
    }
}
