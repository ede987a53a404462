import BSON
import Foundation
import Synchronization

/// A few threads for hashing and a short queue in front of them, so that a wave of sign-ins costs those who sign in and
/// nobody else (trust.md §1.6). Threads start with the first password and end when none is waiting.
final class PasswordThreads: Sendable {
    /// Does the work, and returns what tells its caller.
    private typealias Job = @Sendable () -> @Sendable () -> Void

    private struct State {
        var waiting: [Job] = []
        var running = 0
    }

    /// Of `nice`, for each thread alone: on Linux a thread is what `setpriority` calls a process.
    private static let politeness: Int32 = 10

    private let threads: Int
    private let queue: Int
    private let state = Mutex(State())

    /// - Parameter queue: how many may wait beside those being worked on.
    init(threads: Int, queue: Int) {
        self.threads = max(1, threads)
        self.queue = max(0, queue)
    }

    /// How many wait for a thread.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Runs `work` on one of the threads.
    ///
    /// - Parameter yielding: takes no more than half of the queue, and leaves the rest to others.
    /// - Throws: `OVERLOADED` at once when the queue is full.
    func run<T: Sendable>(
        yielding: Bool = false, _ work: @escaping @Sendable () -> T
    ) async throws(RoadsideError) -> T {
        let result: T? = await withCheckedContinuation { continuation in
            let isAccepted = submit(behind: yielding ? (queue + 1) / 2 : queue) {
                let value = work()
                return { continuation.resume(returning: value) }
            }
            if !isAccepted { continuation.resume(returning: nil) }
        }
        guard let result else {
            throw RoadsideError(
                .overloaded, "Too many people are signing in at this moment. Please try again shortly.",
                details: [("retry_after", 2)])
        }
        return result
    }

    private func submit(behind most: Int, _ job: @escaping Job) -> Bool {
        let (accepted, starts) = state.withLock { state -> (Bool, Bool) in
            let starts = state.running < threads
            guard starts || state.waiting.count < most else { return (false, false) }
            state.waiting.append(job)
            if starts { state.running += 1 }
            return (true, starts)
        }
        if starts { Thread.detachNewThread { self.drain() } }
        return accepted
    }

    private func drain() {
        // Whatever else the machine has to do goes first: a flood of sign-ins makes sign-ins slow, and nothing else.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.politeness)
        var answer: (@Sendable () -> Void)?
        while true {
            // The place is free before its caller hears, who may want it again at once.
            let job = next()
            answer?()
            guard let job else { return }
            answer = job()
        }
    }

    private func next() -> Job? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
