import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// One provider before one job, as a transaction sees both: what he was offered, and whether he may take it.
struct Claim {
    let job: JobRecord
    let profile: ProviderProfile
    /// His newest offer of this job, of whatever attempt.
    let offer: Offer?
    /// Straight line to the pickup, metres; nil without a position.
    let distance: Double?
    private let plan: SearchPlan
    private let need: JobNeed

    /// - Throws: `NOT_FOUND` for a job that was never his to take: neither offered to him nor broadcast within his reach.
    init(
        _ reference: Reference, provider: ObjectID, _ dependencies: Dependencies, in transaction: MongoTransaction
    ) throws {
        guard let job = try JobRecord.find(reference, in: transaction),
            let document = try transaction.mechanics.findOne(["_id": .id(provider)])
        else { throw RoadsideError.jobNotFound }
        self.init(
            job: job, profile: try ProviderProfile(document),
            offer: Offer(
                try transaction.offers.findOne(
                    ["job_id": .id(job.id), "provider_id": .id(provider)], sort: ["attempt": -1])),
            dependencies)
        guard offer != nil || isHeldAlready || isInReach else { throw RoadsideError.jobNotFound }
    }

    init(job: JobRecord, profile: ProviderProfile, offer: Offer?, _ dependencies: Dependencies) {
        self.job = job
        self.profile = profile
        self.offer = offer
        plan = dependencies.plan(for: job).plan
        need = dependencies.need(of: job)
        distance = profile.location.map { $0.distance(to: job.pickup.point) }
    }

    var facts: JobFacts { job.facts }

    var isHeldAlready: Bool { job.assignedTo == profile.id && job.status.isLive }

    /// A broadcast job he could do, no further away than its search will ever reach and than he goes.
    private var isInReach: Bool {
        guard job.search.mode == .broadcast, profile.capabilities.contains(job.capability), let distance else {
            return false
        }
        return distance <= plan.effectiveRadius(.infinity, own: profile.serviceRadiusKm) * 1000
    }

    /// His customer chose him and waits for his answer.
    var isChosen: Bool {
        job.search.isCustomersChoice && currentOffer?.state == .offered && currentOffer?.mode == .pick
    }

    /// His offer in the search that is going on now.
    private var currentOffer: Offer? {
        offer.flatMap { $0.attempt == job.search.attempt ? $0 : nil }
    }

    /// - Throws: `PROVIDER_NOT_ELIGIBLE`, `OFFER_DECLINED`, `OFFER_EXPIRED`; nothing while the job's own status has the
    ///   better answer.
    func checkMayAccept(at now: Date) throws(RoadsideError) {
        guard job.status == .matching else { return }
        guard profile.isVerified, profile.isActive else {
            throw RoadsideError(.providerNotEligible, "Your account has not been approved for jobs yet.")
        }
        guard PaperRules.missing(need.papers, of: profile.papers, at: now).isEmpty else {
            throw RoadsideError(.providerNotEligible, "A document of yours is missing or has expired.")
        }
        if job.search.declined.contains(profile.id) {
            throw RoadsideError(.offerDeclined, "You declined this job.")
        }
        switch currentOffer?.state {
        case .offered: return
        case .declined: throw RoadsideError(.offerDeclined, "You declined this job.")
        case .expired, .withdrawn, .accepted, .released: throw .offerOver
        case nil:
            guard isInReach else {
                throw RoadsideError(.providerNotEligible, "This job is being offered to somebody else first.")
            }
            guard reasonsAgainst(at: now).isEmpty else {
                throw RoadsideError(
                    .providerNotEligible, "This job needs what you do not have, or are not allowed to do.")
            }
        }
    }

    /// What speaks against him beside his being on duty: who takes a job says by that that he is, and one who has another
    /// job is told so by the database's index.
    private func reasonsAgainst(at now: Date) -> [Exclusion] {
        EligibilityRules.exclusions(profile.facts, for: need, at: now)
            .filter { ![.offDuty, .onBreak, .busy].contains($0) }
    }

    /// Turns his offer into the accepted one, or makes him one that is accepted from the start.
    ///
    /// - Throws: `OFFER_EXPIRED` when the database's clock says so.
    func win(mode: DispatchMode, at now: Date, in transaction: MongoTransaction) throws {
        guard let offer = currentOffer, offer.state == .offered || mode == .manual else {
            return try transaction.offers.insert(fresh(mode: mode, state: .accepted, at: now).document)
        }
        // Staff may give the job to somebody whose offer has run out; he himself may not take it any more.
        let this: Document = ["_id": .id(offer.id)]
        let result = try transaction.offers.updateOne(
            mode == .manual ? this : this.and(Offer.isLive),
            ["$set": ["state": "accepted", "accepted_at": .date(now), "updated_at": .date(now)]])
        if result.matched == 0 { throw RoadsideError.offerOver }
    }

    /// Records that he does not want the job: on his offer, when there is one, and on the job.
    func write(
        _ state: Offer.State, reason: String?, at now: Date, in transaction: MongoTransaction
    ) throws {
        if let offer = currentOffer, offer.state == .offered {
            var set: Document = ["state": .string(state.rawValue), "updated_at": .date(now)]
            set.append("reason", ifPresent: reason)
            _ = try transaction.offers.updateOne(
                ["_id": .id(offer.id), "state": "offered"], ["$set": .document(set)])
        }
        _ = try transaction.services.updateOne(
            ["_id": .id(job.id), "status": "matching"],
            [
                "$addToSet": ["dispatch.declined": .id(profile.id)],
                "$set": ["dispatch.next_timer_at": .date(now), "updated_at": .date(now)],
            ])
    }

    private func fresh(mode: DispatchMode, state: Offer.State, at now: Date) -> Offer {
        Offer(
            id: ObjectID(), jobID: job.id, providerID: profile.id, attempt: job.search.attempt, mode: mode,
            state: state,
            distanceMetres: distance, sentAt: now, expiresAt: job.search.deadline)
    }
}

extension RoadsideError {
    fileprivate static let offerOver = RoadsideError(.offerExpired, "The offer of this job is no longer open.")
}
