public import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

extension Jobs {
    /// Asks the customer for more than the price: nothing of it is charged before he has approved. He is told at once.
    ///
    /// - Returns: the job, with the charge as the last of its `extraCharges`.
    /// - Throws: `VALIDATION_ERROR` with every wrong field; `ILLEGAL_TRANSITION` before arrival and after completion;
    ///   `CONFLICT` when the job has as many charges as the rules allow; `NOT_FOUND` for anybody but the provider who
    ///   holds the job; `FORBIDDEN` for other roles.
    public func proposeCharge(
        on reference: Reference, _ draft: ExtraChargeDraft, ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        try caller.require(.provider, toDo: "propose charges")
        let rules = catalog.current.pricing
        let issues = draft.issues(rules)
        guard issues.isEmpty else { throw .validation(issues) }
        return try await amendCharges(of: reference, ifVersion: expected, by: caller, "charge.proposed") {
            job, actor, now throws in
            if let refusal = ExtraChargeRules.proposalRefusal(job.facts, by: actor) { throw RoadsideError(refusal) }
            guard job.charges.extras.count < rules.extraCharges else {
                throw RoadsideError(.conflict, "A job has at most \(rules.extraCharges) extra charges.")
            }
            guard draft.amount.currency == job.estimate.currency else {
                throw RoadsideError(.conflict, "This job is priced in \(job.estimate.currency.code).")
            }
            let own = job.photos.filter { $0.ownerID == actor.userID }.map(\.id)
            guard draft.photoIDs.allSatisfy(own.contains) else {
                throw RoadsideError.validation([
                    FieldIssue(name: "upload_ids", message: "Name photos that you have added to this job.")
                ])
            }
            let charge = ExtraCharge(
                id: ObjectID(), code: Wording.clean(draft.code ?? ExtraChargeDraft.defaultCode),
                title: Wording.clean(draft.title), amount: draft.amount, reason: Wording.clean(draft.reason),
                photoIDs: draft.photoIDs, proposedAt: now)
            return (job.charges.extras + [charge], charge, to: job.customerID)
        }
    }

    /// Approves or rejects a charge; its provider is told at once. Saying the same again changes nothing.
    ///
    /// - Throws: `CONFLICT` when it was decided the other way; `ILLEGAL_TRANSITION` or `JOB_CANCELLED` when the job is
    ///   over, and with it the charge; `NOT_FOUND` for a charge or a job that is not his; `FORBIDDEN` for other roles.
    public func decideCharge(
        _ charge: ObjectID, on reference: Reference, approve: Bool, ifVersion expected: Expectation = .any,
        by caller: Caller
    ) async throws(RoadsideError) -> Job {
        try caller.require(.customer, toDo: "decide about charges")
        let wanted: ExtraCharge.State = approve ? .approved : .rejected
        // A foreign job is one that is not there, before anybody looks for the charge.
        let mine = caller.condition(on: .job)
        return try await amendCharges(of: reference, mine, ifVersion: expected, by: caller, "charge.\(wanted)") {
            job, actor, now throws in
            var extras = job.charges.extras
            guard let index = extras.firstIndex(where: { $0.id == charge }) else {
                throw RoadsideError.notFound("Charge")
            }
            switch ExtraChargeRules.verdict(on: extras[index].state, wanted: wanted) {
            case .unchanged: return nil
            case .changed, .tooLate: break
            }
            if let refusal = ExtraChargeRules.decisionRefusal(job.facts, by: actor) { throw RoadsideError(refusal) }
            guard extras[index].state == .proposed else {
                throw RoadsideError(.conflict, "This charge has been \(extras[index].state) already.")
            }
            extras[index].state = wanted
            extras[index].decidedAt = now
            return (extras, extras[index], to: job.assignedTo)
        }
    }

    private typealias Amendment = (extras: [ExtraCharge], told: ExtraCharge, to: ObjectID?)

    /// The job's version decides when something else happens to it in the same moment: whoever comes second is run again
    /// and sees what has become of it.
    ///
    /// - Parameter change: the charges as they shall be, and who hears of which; nil for no change.
    private func amendCharges(
        of reference: Reference, _ mine: Document = [:], ifVersion expected: Expectation, by caller: Caller,
        _ message: String,
        _ change: @escaping @Sendable (JobRecord, Actor, Date) throws -> Amendment?
    ) async throws(RoadsideError) -> Job {
        let actor = Actor(caller)
        let outcome = try await store.transaction { transaction in
            guard let job = try JobRecord.find(reference, mine, in: transaction) else {
                throw RoadsideError.jobNotFound
            }
            guard let (extras, told, recipient) = try change(job, actor, dependencies.now()) else {
                return JobWriter.Outcome(job: job, rows: [])
            }
            try expected.check(job)
            return try writer.amend(
                job, ["extras": .array(extras.map { .document($0.document) })], message, by: actor,
                to: [recipient].compactMap(\.self), in: transaction
            ) { body in
                body.title = told.title
                body.text = told.amount.description
                body.reason = told.reason
            }
        }
        announce(outcome)
        return try await reader.committed(outcome.job, for: caller)
    }
}
