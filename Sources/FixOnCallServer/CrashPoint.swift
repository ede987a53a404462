import Foundation
import Roadside

/// Kills the process at a named point, so that a test can prove what survives; armed in the environment `test` only.
struct CrashPoint {
    private let name: String?

    init(_ settings: Settings) {
        name = settings.environment == .test ? ProcessInfo.processInfo.environment["CRASH_AT"] : nil
    }

    /// `before_send`: the transaction with a start code is committed, and no socket has been told.
    func arm(_ inbox: Inbox) {
        guard name == "before_send" else { return }
        inbox.listen { event in
            guard case .rows(let rows) = event, rows.contains(where: { $0.kind == .jobOTP }) else { return }
            kill(getpid(), SIGKILL)
        }
    }
}
