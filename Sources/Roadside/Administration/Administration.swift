import Logging
public import RoadsideRules

/// What the people who run the platform do: see how it stands, look after accounts, write to people.
///
/// Each use case asks for the caller's role itself, whatever a route has asked before.
public struct Administration: Sendable {
    let dependencies: Dependencies
    let accounts: Accounts
    let jobs: Jobs
    let inbox: Inbox
    let attendance: Attendance
    let figures = SharedValue<Dashboard.Figures>()
    let performances = SharedValues<Int, Dashboard.Performance>()
    let finished = FinishedMonths()

    init(_ dependencies: Dependencies, accounts: Accounts, jobs: Jobs, inbox: Inbox, attendance: Attendance) {
        self.dependencies = dependencies
        self.accounts = accounts
        self.jobs = jobs
        self.inbox = inbox
        self.attendance = attendance
    }

    var store: Store { dependencies.store }

    /// Switches an account on or off, or to the other side when nobody says which; two who flip at once flip twice. Off
    /// ends its sessions everywhere within two seconds, closes its sockets, and takes a provider out of every search; a
    /// job he holds stays his until staff give it to somebody else.
    ///
    /// - Throws: `NOT_FOUND`; `CONFLICT` for one's own account, and for the last admin who is switched on.
    public func setActive(
        _ reference: Reference, to isActive: Bool?, by caller: Caller
    ) async throws(RoadsideError) -> ManagedAccount {
        try caller.require(.admin, toDo: "manage accounts")
        let account = try await accounts.setActive(isActive, account: reference, by: caller)
        log("An account was switched \(account.isActive ? "on" : "off")", account, by: caller)
        return try await managed(account)
    }

    /// Approves a provider, who is offered jobs from then on, or rejects him with a reason (decision 20). He is told in
    /// his inbox when that is news; a job he holds is not touched.
    ///
    /// - Throws: `NOT_FOUND` for anybody who is not a provider; `VALIDATION_ERROR` for a rejection without a reason or
    ///   with one beyond 500 characters; `CONFLICT` for an approval before the papers that the installation asks for.
    public func vet(
        _ reference: Reference, _ verdict: Verdict, by caller: Caller
    ) async throws(RoadsideError) -> ManagedAccount {
        try caller.require(.admin, toDo: "vet providers")
        let account: Account
        switch verdict {
        case .approved:
            account = try await accounts.vet(reference, approve: true, by: caller)
        case .rejected(let reason):
            guard let reason = try Wording.reason(reason) else {
                throw .validation([FieldIssue(name: "reason", message: "is required")])
            }
            account = try await accounts.vet(reference, approve: false, reason: reason, by: caller)
        }
        let isApproved = account.provider?.isVerified == true
        log(isApproved ? "A provider was approved" : "A provider was rejected", account, by: caller)
        return try await managed(account)
    }

    /// What vetting came to.
    public enum Verdict: Sendable, Hashable {
        case approved
        case rejected(reason: String)
    }

    private func log(_ what: Logger.Message, _ account: Account, by caller: Caller) {
        dependencies.logger.notice(
            what,
            metadata: ["account": "\(account.id)", "by": "\(caller.userID)", "session": "\(caller.sessionID)"])
    }
}
