import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// A customer's call for help, from the first word to the last: opened, taken, worked on, closed.
///
/// Every change is one transaction: read the job, ask the rules, write with the version read as condition, append the
/// inbox rows. Whoever comes second is run again by the transaction, sees the job as it has become, and gets the answer
/// that fits. Listeners and the dispatcher hear of it after the commit.
///
/// Every command takes an ``Expectation``, and throws `PRECONDITION_FAILED` when the job has another version.
public struct Jobs: Sendable {
    let dependencies: Dependencies
    let inbox: Inbox
    let dispatch: Dispatch
    let search: ProviderSearch
    let reader: JobReader
    let writer: JobWriter
    let catalog: Catalog
    let quotes: Quotes

    init(_ dependencies: Dependencies, inbox: Inbox, dispatch: Dispatch) {
        self.dependencies = dependencies
        self.inbox = inbox
        self.dispatch = dispatch
        catalog = Catalog(dependencies)
        quotes = Quotes(dependencies: dependencies)
        search = ProviderSearch(dependencies: dependencies)
        reader = JobReader(dependencies: dependencies)
        writer = JobWriter(dependencies: dependencies, inbox: inbox)
    }

    var store: Store { dependencies.store }

    /// One job, for its customer, the provider who holds it or is offered it, and staff.
    ///
    /// - Throws: `NOT_FOUND` for everybody else.
    public func job(_ reference: Reference, for caller: Caller) async throws(RoadsideError) -> Job {
        try await reader.job(reference, .job, for: caller)
    }

    /// Starts the work with the customer's code, whatever the job's policy (K23); says departure and arrival too when they
    /// have not been said. Staff need no code.
    ///
    /// - Throws: `OTP_REQUIRED`, `OTP_INVALID` (with `tries_left`), `OTP_LOCKED` (with `retry_after` in seconds),
    ///   `ILLEGAL_TRANSITION`, `NOT_FOUND`.
    public func start(
        _ reference: Reference, otp: String?, ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        try await change(reference, ifVersion: expected, by: caller, otp: otp) { proof in .start(proof) }
    }

    /// Walks the job to this status; every status on the way is an event and a row of its own. `accepted` takes the job,
    /// `cancelled` cancels it or, from its provider, gives it back.
    ///
    /// - Parameter otp: needed on the way into `in_progress` only when the job's policy says so, refused whenever wrong.
    /// - Throws: what `accept`, `start` and `cancel` throw; `NOT_AT_SCENE` from a provider whose own positions say that he is
    ///   elsewhere. That and `OTP_REQUIRED` may come after the steps before were made; `status` in its details says where the
    ///   job stands then.
    public func advance(
        _ reference: Reference, to status: JobStatus, otp: String? = nil, reason: String? = nil,
        ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        if status == .accepted, caller.role == .provider {
            return try await accept(reference, ifVersion: expected, by: caller)
        }
        let reason = try Wording.reason(reason)
        return try await change(reference, ifVersion: expected, by: caller, otp: otp) { proof in
            .advance(to: status, otp: proof, reason: reason)
        }
    }

    /// - Throws: `ILLEGAL_TRANSITION` before the work has started, `NOT_FOUND`.
    public func complete(
        _ reference: Reference, ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        try await change(reference, ifVersion: expected, by: caller) { _ in .complete }
    }

    /// By its customer or staff: ends the job. By its provider before arrival: the job is searched for anew, without him,
    /// five times at most. What its customer owes then is in `fees` and `finalPrice` (``FeeRules``).
    ///
    /// - Parameter waivesFee: staff let it pass.
    /// - Throws: `ILLEGAL_TRANSITION`, `JOB_CANCELLED`, `JOB_EXPIRED`, `NOT_FOUND`; `FORBIDDEN` for anybody but staff who
    ///   waives a fee.
    public func cancel(
        _ reference: Reference, reason: String? = nil, waivingFee waivesFee: Bool = false,
        ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        let reason = try Wording.reason(reason)
        if waivesFee { try caller.require(.dispatcher, .admin, toDo: "waive fees") }
        return try await change(reference, ifVersion: expected, by: caller, waivesFee: waivesFee) { _ in
            .cancel(reason: reason)
        }
    }
}

extension Jobs {
    /// By its customer or staff: as ``cancel(_:reason:waivingFee:ifVersion:by:)``. By its provider: gives the job back while
    /// he is on the way, and ends it as unsuccessful once he is there.
    ///
    /// - Throws: `ILLEGAL_TRANSITION`, `JOB_CANCELLED`, `JOB_EXPIRED`, `NOT_FOUND`.
    public func withdraw(
        _ reference: Reference, reason: String? = nil, ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        let reason = try Wording.reason(reason)
        return try await change(reference, ifVersion: expected, by: caller) { _ in .withdraw(reason: reason) }
    }

    /// Ends a job that came to nothing, by the provider who holds it or staff.
    ///
    /// - Parameter contactAttempted: whether he has tried to reach the customer; a provider must have, and must have
    ///   waited, before he says that the customer is not there.
    /// - Throws: `WAIT_NOT_OVER`, `CONTACT_REQUIRED`, `ILLEGAL_TRANSITION` where the job cannot fail in this way,
    ///   `JOB_CANCELLED`, `JOB_EXPIRED`, `FORBIDDEN` for its customer, `NOT_FOUND`.
    public func fail(
        _ reference: Reference, as outcome: JobFailure, reason: String? = nil, contactAttempted: Bool = false,
        ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        let reason = try Wording.reason(reason)
        return try await change(reference, ifVersion: expected, by: caller) { _ in
            .fail(outcome, reason: reason, contactAttempted: contactAttempted)
        }
    }

    /// After the commit: local sockets first, then the dispatcher.
    func announce(_ outcome: JobWriter.Outcome) {
        inbox.ring(outcome.rows)
        if outcome.isFreed, let freed = outcome.provider { dispatch.welcome(freed) }
        dispatch.wake(for: outcome.job)
    }

    /// One command on one job of the caller's. A code that came with it has been judged before, in a write of its own.
    private func change(
        _ reference: Reference, ifVersion expected: Expectation, by caller: Caller, otp: String? = nil,
        waivesFee: Bool = false,
        _ command: @escaping @Sendable (OTPProof) -> JobCommand
    ) async throws(RoadsideError) -> Job {
        // Asked before anything is read, so that nobody learns which jobs exist.
        try caller.require(.customer, .provider, .dispatcher, .admin, toDo: "change jobs")
        let judged = try await prove(otp, reference, ifVersion: expected, by: caller, for: command)
        let actor = Actor(caller)
        let stale =
            dependencies.settings.removedSafeguards.contains(.reread)
            ? try await reader.record(reference, for: caller) : nil
        let (outcome, stop): (JobWriter.Outcome, Refusal?)
        do {
            (outcome, stop) = try await store.transaction { transaction in
                guard let record = try stale ?? JobRecord.find(reference, in: transaction) else {
                    throw RoadsideError.jobNotFound
                }
                var (facts, proof) = judged.applied(to: record)
                facts.waitSeconds = dependencies.settings.arrivalWait.timeInterval
                let first = try expected.decided(
                    JobRules.decide(facts, command(proof), by: actor, now: dependencies.now()), about: record)
                let decision = try checkingArrival(first, facts, command(proof), record, by: actor, in: transaction)
                let outcome = try writer.write(
                    decision, to: record, by: actor, waivesFee: waivesFee, in: transaction)
                var details = Document()
                details.append("reason", ifPresent: decision.reason)
                if waivesFee { details.append("fee_waived", true) }
                try transaction.audit(
                    AuditAction(leadingTo: outcome.job.status), record, outcome.job, details, by: caller,
                    at: dependencies.now())
                return (outcome, decision.stoppedBy)
            }
        } catch {
            throw noted(error, of: caller)
        }
        announce(outcome)
        if let stop {
            var error = RoadsideError(stop)
            error.details.append(("status", .string(outcome.job.status.rawValue)))
            throw noted(error, of: caller)
        }
        return try await reader.committed(outcome.job, for: caller, knowing: outcome.provider)
    }
}

extension Actor {
    init(_ caller: Caller) { self.init(role: caller.role, userID: caller.userID) }
}

extension Caller {
    /// - Throws: `FORBIDDEN` for any other role.
    func require(_ roles: Role..., toDo what: String) throws(RoadsideError) {
        guard roles.contains(role) else { throw RoadsideError(.forbidden, "Your role may not \(what).") }
    }
}
