import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// A customer's call for help, from the first word to the last: opened, taken, worked on, closed.
///
/// Every change is one transaction: read the job, ask the rules, write with the version read as condition, append the
/// inbox rows. Whoever comes second is run again by the transaction, sees the job as it has become, and gets the answer
/// that fits. Listeners and the dispatcher hear of it after the commit.
public struct Jobs: Sendable {
    let dependencies: Dependencies
    let inbox: Inbox
    let dispatch: Dispatch
    let search: ProviderSearch
    let reader: JobReader
    let writer: JobWriter
    let catalog: Catalog

    init(_ dependencies: Dependencies, inbox: Inbox, dispatch: Dispatch) {
        self.dependencies = dependencies
        self.inbox = inbox
        self.dispatch = dispatch
        catalog = Catalog(dependencies)
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
    public func start(_ reference: Reference, otp: String?, by caller: Caller) async throws(RoadsideError) -> Job {
        try await change(reference, by: caller, otp: otp) { proof in .start(proof) }
    }

    /// Walks the job to this status; every status on the way is an event and a row of its own. `accepted` takes the job,
    /// `cancelled` cancels it or, from its provider, gives it back.
    ///
    /// - Parameter otp: needed on the way into `in_progress` only when the job's policy says so, refused whenever wrong.
    /// - Throws: what `accept`, `start` and `cancel` throw. `OTP_REQUIRED` may come after the steps before the start were
    ///   made; `status` in its details says where the job stands then.
    public func advance(
        _ reference: Reference, to status: JobStatus, otp: String? = nil, reason: String? = nil, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        if status == .accepted, caller.role == .provider { return try await accept(reference, by: caller) }
        let reason = try Wording.reason(reason)
        return try await change(reference, by: caller, otp: otp) { proof in
            .advance(to: status, otp: proof, reason: reason)
        }
    }

    /// - Throws: `ILLEGAL_TRANSITION` before the work has started, `NOT_FOUND`.
    public func complete(_ reference: Reference, by caller: Caller) async throws(RoadsideError) -> Job {
        try await change(reference, by: caller) { _ in .complete }
    }

    /// By its customer or staff: ends the job. By its provider before arrival: the job is searched for anew, without him,
    /// five times at most.
    ///
    /// - Throws: `ILLEGAL_TRANSITION`, `JOB_CANCELLED`, `JOB_EXPIRED`, `NOT_FOUND`.
    public func cancel(_ reference: Reference, reason: String? = nil, by caller: Caller) async throws(RoadsideError)
        -> Job
    {
        let reason = try Wording.reason(reason)
        return try await change(reference, by: caller) { _ in .cancel(reason: reason) }
    }
}

extension Jobs {
    /// After the commit: local sockets first, then the dispatcher.
    func announce(_ rows: [InboxRow]) {
        inbox.ring(rows)
        dispatch.wake()
    }

    /// One command on one job of the caller's. A code that came with it has been judged before, in a write of its own.
    private func change(
        _ reference: Reference, by caller: Caller, otp: String? = nil,
        _ command: @escaping @Sendable (OTPProof) -> JobCommand
    ) async throws(RoadsideError) -> Job {
        // Asked before anything is read, so that nobody learns which jobs exist.
        try caller.require(.customer, .provider, .dispatcher, .admin, toDo: "change jobs")
        let judged = try await prove(otp, reference, by: caller, for: command)
        let actor = Actor(caller)
        let stale =
            dependencies.settings.removedSafeguards.contains(.reread)
            ? try await reader.record(reference, for: caller) : nil
        let (outcome, stop) = try await store.transaction { transaction in
            guard let record = try stale ?? JobRecord.find(reference, in: transaction) else {
                throw RoadsideError.jobNotFound
            }
            let (facts, proof) = judged.applied(to: record)
            let decision = try JobRules.decide(facts, command(proof), by: actor, now: dependencies.now()).orThrow()
            let outcome = try writer.write(decision, to: record, by: actor, in: transaction)
            return (outcome, decision.stoppedBy)
        }
        announce(outcome.rows)
        if let stop {
            var error = RoadsideError(stop)
            error.details.append(("status", .string(outcome.job.status.rawValue)))
            throw error
        }
        return try await reader.committed(outcome.job, for: caller)
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
