import NIOCore

/// Runs the task of a connection on the thread of its event loop.
///
/// A request then costs no hop to a thread of Swift's pool and back, which on a busy core is a third of a small
/// request. Nothing that serves a request may block anyway: the database and the hashing of passwords have threads of
/// their own.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
