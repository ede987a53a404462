import Dispatch
import Synchronization

/// A bell with several listeners, each ring for one of them: who hears it and finds work rings for the next.
///
/// Rings that nobody is waiting for are kept, so work announced between two waits is never slept over.
final class WorkBell: Sendable {
    private struct State {
        var rings = 0
        var round: UInt64 = 0
        var waiters: [(id: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    /// More rings than there are hands say nothing more.
    private static let kept = 8

    func ring() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst().continuation }
            state.rings = min(state.rings + 1, Self.kept)
            return nil
        }
        waiter?.resume()
    }

    /// Returns after a ring, after `limit`, or when the task is cancelled.
    func wait(atMost limit: Duration?) async {
        let id = state.withLock { state in
            state.round += 1
            return state.round
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWaiting = state.withLock { state in
                    if state.rings > 0 || Task.isCancelled {
                        state.rings = max(state.rings - 1, 0)
                        return false
                    }
                    state.waiters.append((id, continuation))
                    return true
                }
                guard isWaiting else { return continuation.resume() }
                guard let limit else { return }
                DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(limit.wholeNanoseconds)) {
                    [weak self] in
                    self?.release(id)
                }
            }
        } onCancel: {
            release(id)
        }
    }

    private func release(_ id: UInt64) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index).continuation
        }
        waiter?.resume()
    }
}
