import Realtime
import Synchronization

/// A place among those who listen to an inbox. Whoever holds it reads whenever it rings, until it ends.
public final class InboxListener: Sendable {
    private struct State {
        var isOver = false
        var reason: Disconnect?
        var isBeatDue = false
    }

    /// "Look": there may be something new. Ends with the listener, or when the task that waits is cancelled.
    let bells: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    private let remove: @Sendable () -> Void
    private let state = Mutex(State())

    init(bells: AsyncStream<Void>, bell: AsyncStream<Void>.Continuation, remove: @escaping @Sendable () -> Void) {
        self.bells = bells
        self.bell = bell
        self.remove = remove
    }

    deinit { leave() }

    /// Gives the place back. May be called again; one that was never used is given back by itself.
    func leave() {
        bell.finish()
        remove()
    }

    /// Ends the listening; only the first reason counts.
    ///
    /// - Parameter reason: what the client is told; nil when there is nobody to tell.
    func end(_ reason: Disconnect?) {
        state.withLock { state in
            guard !state.isOver else { return }
            (state.isOver, state.reason) = (true, reason)
        }
        bell.finish()
    }

    var isOver: Bool { state.withLock { $0.isOver } }

    /// Why it ended, if there is anything to tell.
    var reason: Disconnect? { state.withLock { $0.reason } }

    /// Time for a sign of life; it is also a bell, so that nothing depends on bells alone.
    func beat() {
        state.withLock { $0.isBeatDue = true }
        bell.yield()
    }

    /// Whether a sign of life is due; it is not any more then.
    func takeBeat() -> Bool {
        state.withLock { state in
            defer { state.isBeatDue = false }
            return state.isBeatDue
        }
    }
}
