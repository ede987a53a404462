import Foundation
import Roadside

/// Kills the process at a named point, so that a test can prove what survives; armed in the environment `test` only.
struct CrashPoint {
    private let name: String?

    init(_ settings: Settings) {
        name = settings.environment == .test ? ProcessInfo.processInfo.environment["CRASH_AT"] : nil
    }

    /// `before_send`: the transaction with a start code is committed, and no socket has been told. `before_answer`: a job
    /// is open, and its customer has not been answered.
    func arm(_ inbox: Inbox) {
        let isReached: @Sendable (InboxRow) -> Bool
        switch name {
        case "before_send": isReached = { $0.kind == .jobOTP }
        case "before_answer": isReached = { $0.body.message == "job.opened" }
        default: return
        }
        inbox.listen { event in
            guard case .rows(let rows) = event, rows.contains(where: isReached) else { return }
            kill(getpid(), SIGKILL)
        }
    }
}
