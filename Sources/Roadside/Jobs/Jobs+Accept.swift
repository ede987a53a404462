import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

extension Jobs {
    /// Takes a job: the provider's offer, the job, the provider himself and the rows of both sides change in one
    /// transaction or not at all (decision 6). A provider in reach whom no offer has found yet may take a broadcast job,
    /// too. Accepting again returns the job.
    ///
    /// - Throws: `JOB_ALREADY_TAKEN`, `JOB_CANCELLED`, `JOB_EXPIRED`, `OFFER_EXPIRED`, `OFFER_DECLINED`,
    ///   `PROVIDER_BUSY` for a provider who holds another job, `PROVIDER_NOT_ELIGIBLE`, `FORBIDDEN` for anybody but a
    ///   provider, `NOT_FOUND` for a job that was never his to take.
    public func accept(
        _ reference: Reference, ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        try caller.require(.provider, toDo: "take jobs")
        let actor = Actor(caller)
        let outcome = try await store.transaction { transaction in
            let claim = try Claim(reference, provider: caller.userID, dependencies, in: transaction)
            try expected.check(claim.job)
            if claim.isHeldAlready { return JobWriter.Outcome(job: claim.job, rows: []) }
            try claim.checkMayAccept(at: dependencies.now())
            let decision = try JobRules.decide(claim.facts, .accept, by: actor, now: dependencies.now()).orThrow()
            return try writer.take(claim, decision, by: actor, mode: .broadcast, in: transaction)
        }
        announce(outcome)
        return try await reader.committed(outcome.job, for: caller, knowing: outcome.provider)
    }

    /// Refuses an offer; this job is not offered to him again by any search (U3).
    ///
    /// - Throws: what tells why there is nothing left to decline: `JOB_ALREADY_TAKEN`, `JOB_CANCELLED`, `JOB_EXPIRED`,
    ///   `ILLEGAL_TRANSITION` for a job he holds; `NOT_FOUND`, `FORBIDDEN`.
    public func decline(
        _ reference: Reference, reason: String? = nil, ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) {
        try caller.require(.provider, toDo: "decline jobs")
        let reason = try Wording.reason(reason)
        let actor = Actor(caller)
        let rows = try await store.transaction { transaction -> [InboxRow] in
            let claim = try Claim(reference, provider: caller.userID, dependencies, in: transaction)
            try expected.check(claim.job)
            guard claim.job.status == .matching else {
                throw RoadsideError(JobRules.lostClaim(claim.facts, by: actor, now: dependencies.now()))
            }
            try claim.write(.declined, reason: reason, at: dependencies.now(), in: transaction)
            try writer.holds.declined(claim.job, by: caller.userID, in: transaction)
            guard claim.isChosen else { return [] }
            let answer = try dispatch.book.answer(.declined, to: claim.job, by: caller.userID, in: transaction)
            return try inbox.append([answer], in: transaction)
        }
        inbox.ring(rows)
        dispatch.wake()
    }
}
