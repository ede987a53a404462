public import BSON

/// The changes of a collection in the order in which the server made them, for one consumer.
///
/// It never fails: it reports interruptions and goes on by itself. It ends when the client is shut down or the task
/// that waits for the next event is cancelled; when the consumer forgets it, its thread ends.
public struct ChangeStream: AsyncSequence, Sendable {
    public enum Event: Sendable, Hashable {
        /// Every change from now on will be seen; what happened before must be read from the collection itself.
        case opened
        /// A change as the server describes it: `operationType`, `documentKey`, `fullDocument` …; of a tail, the document.
        case change(Document)
        /// Events may come late. The stream resumes where it was; if that is impossible, `opened` follows.
        case interrupted(MongoError)
    }

    private let subscription: Subscription

    init(_ watcher: Watcher) { subscription = Subscription(watcher: watcher) }

    public func makeAsyncIterator() -> Iterator { Iterator(subscription: subscription) }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let subscription: Subscription

        public mutating func next() async -> Event? { await subscription.watcher.next() }

        public mutating func next(isolation actor: isolated (any Actor)?) async -> Event? {
            await subscription.watcher.next()
        }
    }

    /// Ends the watcher when stream and iterators are gone.
    fileprivate final class Subscription: Sendable {
        let watcher: Watcher

        init(watcher: Watcher) { self.watcher = watcher }

        deinit { watcher.stop() }
    }
}
