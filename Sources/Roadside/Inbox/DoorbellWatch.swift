import BSON
import Synchronization

/// Notices a doorbell that has fallen silent: a change stream may stand open and bring nothing.
///
/// From time to time it has a canary written, a row for nobody, and waits until the stream brings it. Two in a row that do
/// not come mean that the stream must be opened anew (realtime.md §3.6).
final class DoorbellWatch: Sendable {
    private struct State {
        var sent: Int64 = 0
        var heard: Int64 = 0
        var isSilent = false
    }

    private let interval: Duration
    private let patience: Duration
    private let state = Mutex(State())
    private let bell = Wakeup()

    /// - Parameters:
    ///   - interval: between two canaries.
    ///   - patience: how long one may be on its way.
    init(interval: Duration, patience: Duration) {
        (self.interval, self.patience) = (interval, patience)
    }

    /// Two canaries in a row did not come, and none has since.
    var isSilent: Bool { state.withLock(\.isSilent) }

    /// The newest that came; 0 before the first.
    var heard: Int64 { state.withLock(\.heard) }

    /// The stream has brought this canary.
    func hear(_ number: Int64) {
        state.withLock { state in
            state.heard = max(state.heard, number)
            state.isSilent = false
        }
        bell.ring()
    }

    /// Returns when the doorbell has fallen silent, or when the task is cancelled.
    ///
    /// - Parameter write: brings the canary of this number into the database. While that fails nobody can tell whether
    ///   the stream is silent, and it is no canary's fault.
    func run(write: @Sendable (Int64) async throws -> Void) async {
        var missed = 0
        while missed < Self.mostMissed {
            do {
                // After one that did not come the next goes at once: silence is to be noticed within seven seconds.
                if missed == 0 { try await Task.sleep(for: interval) }
                let number = state.withLock { state in
                    state.sent += 1
                    return state.sent
                }
                try await write(number)
                missed = await comes(number) ? 0 : missed + 1
            } catch {
                missed = 0
            }
            if Task.isCancelled { return }
        }
        state.withLock { $0.isSilent = true }
    }

    private func comes(_ number: Int64) async -> Bool {
        let end = ContinuousClock.now + patience
        while heard < number, !Task.isCancelled {
            let rest = ContinuousClock.now.duration(to: end)
            guard rest > .zero else { return false }
            await bell.wait(atMost: rest)
        }
        return true
    }

    private static let mostMissed = 2
}
