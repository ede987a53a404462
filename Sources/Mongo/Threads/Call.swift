import Synchronization

/// One awaited call on its way through queue and worker, answered exactly once.
///
/// Three may want to answer: the worker that has the result, the timer at the deadline, and the cancelled task. Whoever
/// moves the phase to `answered` does; the others find it there and do nothing.
final class Call: Sendable {
    enum Phase: Sendable {
        /// In the queue.
        case waiting
        /// On a worker; whatever happens now, nothing is in the database.
        case reading
        /// On a worker which has sent, or is about to send, a write that counts at once.
        case writing
        case answered
    }

    private struct State {
        var phase = Phase.waiting
        var refuse: (@Sendable (MongoError) -> Void)?
        var refusal: MongoError?
    }

    let deadline: Deadline
    private let state = Mutex(State())

    init(deadline: Deadline) { self.deadline = deadline }

    /// Tells how to answer with an error. When the call was refused before, it is answered now.
    func attach(_ refuse: @escaping @Sendable (MongoError) -> Void) {
        let refusal = state.withLock { state in
            if state.phase != .answered { state.refuse = refuse }
            return state.refusal
        }
        if let refusal { refuse(refusal) }
    }

    /// A worker takes the call; false when it has been answered already.
    func begin() -> Bool { move(from: .waiting, to: .reading) }

    /// A write that counts at once is about to be sent; false when the caller has his answer and it must not be.
    func willWrite() -> Bool {
        state.withLock { state in
            guard state.phase != .answered else { return false }
            state.phase = .writing
            return true
        }
    }

    /// The write is known not to have happened, so that the deadline may again say so.
    func didNotWrite() { _ = move(from: .writing, to: .reading) }

    /// True for the one who may answer with a result.
    func claim() -> Bool { take() != nil }

    /// Answers with an error, if `error` has one for the phase in which the call is.
    ///
    /// - Returns: the phase in which the call was answered; nil when it was not.
    @discardableResult
    func refuse(_ error: (Phase) -> MongoError?) -> Phase? {
        let taken: (Phase, (@Sendable (MongoError) -> Void)?, MongoError)? = state.withLock { state in
            guard state.phase != .answered, let error = error(state.phase) else { return nil }
            let taken = (state.phase, state.refuse, error)
            if state.refuse == nil { state.refusal = error }
            state.phase = .answered
            state.refuse = nil
            return taken
        }
        guard let (phase, refuse, error) = taken else { return nil }
        refuse?(error)
        return phase
    }

    /// The answer at the deadline.
    @discardableResult
    func expire() -> Phase? {
        refuse { phase in
            phase == .writing
                ? MongoError(.outcomeUnknown, "the write was not confirmed by its deadline")
                : MongoError(.deadlineExceeded, "the deadline passed before there was an answer")
        }
    }

    /// The answer for a cancelled task. A write under way is waited for: whether it happened matters more.
    @discardableResult
    func cancel() -> Phase? {
        refuse { phase in phase == .writing ? nil : MongoError(.cancelled, "the task was cancelled") }
    }

    var isAnswered: Bool { state.withLock { $0.phase == .answered } }

    private func move(from: Phase, to: Phase) -> Bool {
        state.withLock { state in
            guard state.phase == from else { return false }
            state.phase = to
            return true
        }
    }

    private func take() -> Phase? {
        state.withLock { state in
            guard state.phase != .answered else { return nil }
            defer {
                state.phase = .answered
                state.refuse = nil
            }
            return state.phase
        }
    }
}
