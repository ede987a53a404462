import FoundationEssentials
import RoadsideRules
import Synchronization

/// Whether somebody guesses secrets from everywhere at once (T9): no account and no address has many failures, all of them
/// together have.
final class GuessWave: Sendable {
    private struct State {
        var bucket = Bucket()
        var until = Date.distantPast
    }

    private let quota: Quota?
    private let state = Mutex(State())
    /// Told once of each wave, by the server that notices it.
    private let begun: @Sendable () -> Void

    /// - Parameter quota: failures that are usual; nil for never.
    init(_ quota: Quota?, begun: @escaping @Sendable () -> Void) {
        (self.quota, self.begun) = (quota, begun)
    }

    /// Counts a wrong secret of anybody.
    func count(at now: Date) {
        guard let quota else { return }
        let isNew = state.withLock { state -> Bool in
            guard !state.bucket.take(quota, now: now.timeIntervalSinceReferenceDate) else { return false }
            let isNew = state.until <= now
            // It is over when for one window no failure was too many.
            state.until = now.addingTimeInterval(quota.window)
            return isNew
        }
        if isNew { begun() }
    }

    func isOn(at now: Date) -> Bool {
        guard quota != nil else { return false }
        return state.withLock { $0.until > now }
    }
}
