/// Answers calls whose deadline passes, from one thread.
final class CallTimers: Sendable {
    private struct State {
        var heap = DeadlineHeap()
        var isStopping = false
    }

    private let state: Monitor<State>
    private let thread: OwnThread

    /// - Parameter expired: told of every call that this answered, and where it then was.
    init(expired: @escaping @Sendable (Call, Call.Phase) -> Void) {
        let state = Monitor(State())
        self.state = state
        thread = OwnThread(name: "mongo-deadlines") {
            while let call = Self.next(state) {
                if let phase = call.expire() { expired(call, phase) }
            }
        }
    }

    func add(_ call: Call) {
        let isFirst = state.withLock { $0.heap.insert(call) }
        if isFirst { state.signal() }
    }

    /// One of the calls added has been answered by somebody else.
    func forgetOne() { state.withLock { $0.heap.noteAnswered() } }

    /// Ends the thread without waiting for it. Calls not yet answered are no longer watched.
    func stop() {
        state.withLock { $0.isStopping = true }
        state.broadcast()
    }

    func join() { thread.join() }

    /// The next call whose deadline has passed; nil at the end.
    private static func next(_ state: Monitor<State>) -> Call? {
        state.wait { state in
            if state.isStopping { return .done(nil) }
            guard let first = state.heap.first else { return .wait(nil) }
            let remaining = first.deadline.remaining
            return remaining > .zero ? .wait(remaining) : .done(state.heap.removeFirst())
        }
    }
}
