import Dispatch

/// A gate in front of a worker thread, so that a test decides when a call goes on.
final class Gate: Sendable {
    private let opened = DispatchSemaphore(value: 0)
    private let (arrivals, arrival) = AsyncStream<Void>.makeStream()

    /// Called on a worker thread: blocks it until ``open()``.
    func pass() {
        arrival.yield()
        opened.wait()
        opened.signal()
    }

    func open() { opened.signal() }

    /// Returns when a thread stands at the gate.
    func reached() async {
        for await _ in arrivals { return }
    }
}
