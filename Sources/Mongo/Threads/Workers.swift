/// The threads on which the client library blocks: each keeps one client for life and takes calls from one queue.
///
/// Why so: measured against other ways, this has the library's own speed and a far better worst case, because nobody
/// waits in the library's unfair pool (swift-on-linux.md §2).
final class Workers: Sendable {
    private struct State {
        var queue: WorkQueue
        var isStopping = false
        var busy = 0
    }

    private let state: Monitor<State>
    /// Apart from the queue's monitor, whose signals are for workers that wait for a call.
    private let mayRest = Monitor(true)
    private let timers: CallTimers
    private let threads: [OwnThread]

    /// - Throws: ``MongoError`` of code `overloaded` when the pool has not that many clients.
    init(count: Int, queueLimit: Int, connections: ConnectionPool) throws(MongoError) {
        let state = Monitor(State(queue: WorkQueue(limit: queueLimit)))
        var clients: [PooledClient] = []
        for _ in 0..<count { clients.append(try connections.take()) }
        self.state = state
        timers = CallTimers { call, phase in
            if phase == .waiting { state.withLock { $0.queue.remove(call) } }
        }
        let timers = timers
        threads = clients.enumerated().map { index, client in
            OwnThread(name: "mongo-\(index)") { [client] in
                var isBusy = false
                while let job = Self.next(state, leaving: isBusy) {
                    isBusy = true
                    if job.call.deadline.hasPassed { job.call.expire() }
                    if job.call.begin() { job.run(client.pointer) }
                    timers.forgetOne()
                }
                client.giveBack()
            }
        }
    }

    /// How many calls wait for a worker.
    var waiting: Int { state.withLock { $0.queue.count } }
    /// How many workers have one in hand.
    var busy: Int { state.withLock { $0.busy } }

    /// Puts a call at the end of the queue, or refuses it at once.
    func submit(_ job: WorkQueue.Job) {
        if job.call.deadline.hasPassed {
            job.call.expire()
            return
        }
        let refusal: MongoError? = state.withLock { state in
            if state.isStopping { return MongoError(.closed, "the client has been shut down") }
            if !state.queue.append(job) {
                return MongoError(.overloaded, "\(state.queue.limit) calls are waiting already")
            }
            return nil
        }
        if let refusal {
            job.call.refuse { _ in refusal }
            return
        }
        timers.add(job.call)
        state.signal()
    }

    func cancel(_ call: Call) {
        guard call.cancel() == .waiting else { return }
        state.withLock { $0.queue.remove(call) }
        timers.forgetOne()
    }

    /// Lets the calling worker rest; a stop ends it early.
    func pause(_ duration: Duration) {
        let end = Deadline.after(duration)
        mayRest.wait { mayRest -> Turn<Void> in
            !mayRest || end.hasPassed ? .done(()) : .wait(end.remaining)
        }
    }

    /// Refuses the calls that wait and ends the threads once they have finished theirs, without waiting for that.
    func stop() {
        let rest = state.withLock { state in
            state.isStopping = true
            return state.queue.removeAll()
        }
        state.broadcast()
        mayRest.withLock { $0 = false }
        mayRest.broadcast()
        for job in rest { job.call.refuse { _ in MongoError(.closed, "the client has been shut down") } }
    }

    /// Waits for the threads; call ``stop()`` first. Calls under way are answered by result or deadline.
    func join() {
        for thread in threads { thread.join() }
        timers.stop()
        timers.join()
    }

    /// Ends the threads without waiting for any.
    func abandon() {
        stop()
        timers.stop()
    }

    /// - Parameter busy: whether the worker has just finished one.
    private static func next(_ state: Monitor<State>, leaving busy: Bool) -> WorkQueue.Job? {
        var isCounted = busy
        return state.wait { state -> WorkQueue.Job?? in
            if isCounted { state.busy -= 1 }
            isCounted = false
            if let job = state.queue.popFirst() {
                state.busy += 1
                return .some(job)
            }
            return state.isStopping ? .some(nil) : nil
        }
    }
}
