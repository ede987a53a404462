import BSON
import RoadsideRules

/// Who is told what about a change of a job: its customer and its provider hear of every step, in order.
struct JobNotices {
    let before: JobRecord
    let after: JobRecord
    let decision: JobDecision
    let actor: Actor

    /// - Parameter code: the start code just made, for its customer alone.
    func entries(code: String?) -> [InboxEntry] {
        var entries: [InboxEntry] = []
        for step in decision.steps {
            // On the way into the search, its beginning is the news.
            if step == .requested, decision.to != .requested { continue }
            entries.append(status(step, to: after.customerID, on: .customerJobs, message: message(step)))
            if step == .accepted, let code { entries.append(otp(code)) }
            guard let provider = after.assignedTo ?? before.assignedTo else { continue }
            let left = after.assignedTo == nil
            entries.append(
                status(step, to: provider, on: .providerJobs, message: left ? "job.released" : message(step)))
        }
        return entries
    }

    private func status(_ step: JobStatus, to recipient: ObjectID, on route: InboxRoute, message: String) -> InboxEntry
    {
        var body = after.body(message)
        body.status = step
        body.actor = actor.role
        body.reason = decision.reason ?? decision.failure?.rawValue
        body.failure = step == .failed ? decision.failure : nil
        return InboxEntry(recipient: recipient, kind: .jobStatus, routes: [route], body: body)
    }

    private func otp(_ code: String) -> InboxEntry {
        InboxEntry(
            recipient: after.customerID, kind: .jobOTP, routes: [.customerJobs], body: after.body("job.otp"),
            sealed: code)
    }

    private func message(_ step: JobStatus) -> String {
        // Back in the search: the customer hears of a change of provider, not of a second beginning.
        step == .matching && before.status.isLive ? "job.reallocated" : "job.\(step.rawValue)"
    }
}
