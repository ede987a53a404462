import NIOCore

/// A queue that loses nothing, read by waiting for a bounded time. Confined to its event loop.
final class Mailbox<Element: Sendable> {
    private let loop: any EventLoop
    private var queue: [Element] = []
    private var waiting: [EventLoopPromise<Element>] = []
    /// What every read gets once the queue is empty and nothing can follow.
    private var end: Result<Element, any Error>?

    init(loop: any EventLoop) { self.loop = loop }

    func deliver(_ element: Element) {
        guard end == nil else { return }
        if waiting.isEmpty { queue.append(element) } else { waiting.removeFirst().succeed(element) }
    }

    /// Ends the queue; only the first call counts.
    func finish(_ result: Result<Element, any Error>) {
        guard end == nil else { return }
        end = result
        let abandoned = waiting
        waiting = []
        for promise in abandoned { promise.completeWith(result) }
    }

    /// The oldest element that nobody has taken.
    func take(within timeout: Duration) -> EventLoopFuture<Element> {
        if !queue.isEmpty { return loop.makeSucceededFuture(queue.removeFirst()) }
        if let end { return loop.makeCompletedFuture(end) }
        let promise = loop.makePromise(of: Element.self)
        let alarm = loop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) {
            self.waiting.removeAll { $0.futureResult === promise.futureResult }
            promise.fail(ClientError.timedOut)
        }
        promise.futureResult.whenComplete { _ in alarm.cancel() }
        waiting.append(promise)
        return promise.futureResult
    }
}
