import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

extension Jobs {
    /// Names the provider for a job (decision 21). From its customer that provider gets an offer of his own, beside a
    /// broadcast that is going on; from staff he has the job at once.
    ///
    /// - Throws: `PROVIDER_NOT_ELIGIBLE` for a provider who does not exist for this job, left or declined it, or is not
    ///   free; `PROVIDER_BUSY` for one who holds a job or is considering another exclusive offer; the state conflicts of
    ///   `accept`; `VALIDATION_ERROR` for an unknown provider; `NOT_FOUND` for anybody who may not assign.
    public func assign(
        _ reference: Reference, provider: Reference, ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        switch caller.role {
        case .customer: return try await propose(reference, to: provider, expected, by: caller)
        case .dispatcher, .admin: return try await claim(reference, for: provider, expected, by: caller)
        case .provider, .partner: throw .jobNotFound
        }
    }

    /// Whether somebody is being asked for a job of the caller's just now.
    ///
    /// - Throws: `NOT_FOUND` when it is not his.
    public func isAsking(_ reference: Reference, for caller: Caller) async throws(RoadsideError) -> Bool {
        let record = try await reader.record(reference, for: caller)
        let open = Offer.isOpen.and(["job_id": .id(record.id)])
        return try await store.database { () async throws(MongoError) in
            try await store.offers.findOne(open, projection: ["_id": 1]) != nil
        }
    }

    private func propose(
        _ reference: Reference, to provider: Reference, _ expected: Expectation, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        let record = try await reader.record(reference, for: caller)
        try expected.check(record)
        let profile = try await known(provider)
        let actor = Actor(caller)
        if let refusal = JobRules.offerRefusal(record.facts, to: profile.id, by: actor, now: dependencies.now()) {
            throw RoadsideError(refusal)
        }
        if profile.availability == .busy {
            throw RoadsideError(.providerBusy, "This provider has a job in hand.")
        }
        guard dependencies.mayBeAsked(profile, at: dependencies.now()), profile.capabilities.contains(record.capability)
        else {
            throw RoadsideError(.providerNotEligible, "This provider cannot take this job.")
        }
        try await dispatch.propose(record, to: profile, ifVersion: expected)
        return try await job(reference, for: caller)
    }

    private func claim(
        _ reference: Reference, for provider: Reference, _ expected: Expectation, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        let chosen = try await known(provider).id
        let actor = Actor(caller)
        let outcome = try await store.transaction { transaction in
            guard let job = try JobRecord.find(reference, in: transaction) else {
                throw RoadsideError.jobNotFound
            }
            try expected.check(job)
            let profile = try ProviderProfile(try transaction.mechanics.findOne(["_id": .id(chosen)]) ?? [:])
            guard profile.isVerified, profile.isActive else {
                throw RoadsideError(.providerNotEligible, "This provider has not been approved for jobs.")
            }
            guard dependencies.missingPapers(of: profile, at: dependencies.now()).isEmpty else {
                throw RoadsideError(.providerNotEligible, "A document of this provider is missing or has expired.")
            }
            let offer = try transaction.offers.findOne(
                ["job_id": .id(job.id), "provider_id": .id(chosen)], sort: ["attempt": -1])
            let claim = Claim(job: job, profile: profile, offer: Offer(offer), dependencies)
            if claim.isHeldAlready { return JobWriter.Outcome(job: job, rows: []) }
            let decision = try JobRules.decide(job.facts, .assign(chosen), by: actor, now: dependencies.now()).orThrow()
            let outcome = try writer.take(claim, decision, by: actor, mode: .manual, in: transaction)
            try transaction.audit(.jobAssigned, job, outcome.job, by: caller, at: dependencies.now())
            return outcome
        }
        announce(outcome)
        return try await reader.committed(outcome.job, for: caller, knowing: outcome.provider)
    }

    func known(_ provider: Reference) async throws(RoadsideError) -> ProviderProfile {
        guard let profile = try await profile(provider) else {
            throw .validation([FieldIssue(name: "provider_id", message: "There is no such provider.")])
        }
        return profile
    }
}
