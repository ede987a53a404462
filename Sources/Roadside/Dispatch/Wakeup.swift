import Dispatch
import Synchronization

/// A bell with one listener: `wait` returns when somebody rings or when its time is over, whichever is first.
///
/// A ring nobody is waiting for is kept, so work announced between two waits is never slept over.
final class Wakeup: Sendable {
    private struct State {
        var rung = false
        var waiter: CheckedContinuation<Void, Never>?
        var round: UInt64 = 0
    }

    private let state = Mutex(State())

    func ring() {
        release { state in
            state.rung = state.waiter == nil
            return true
        }
    }

    /// Returns after a ring, after `limit`, or when the task is cancelled.
    func wait(atMost limit: Duration) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let round: UInt64? = state.withLock { state in
                    guard !state.rung, !Task.isCancelled else {
                        state.rung = false
                        return nil
                    }
                    state.round += 1
                    state.waiter = continuation
                    return state.round
                }
                guard let round else { return continuation.resume() }
                DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(limit.wholeNanoseconds)) {
                    [weak self] in
                    self?.release { $0.round == round }
                }
            }
        } onCancel: {
            release { _ in true }
        }
    }

    private func release(_ decide: (inout State) -> Bool) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard decide(&state) else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}

extension Duration {
    var wholeNanoseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    }
}
