import BSON
import Synchronization

/// Events between the thread that reads a change stream and the task that consumes it, bounded in number and size.
///
/// A consumer that falls behind loses what is kept for him and is told so, instead of costing memory without limit:
/// he finds `interrupted` and `opened`, and reads the collection again as after any reopening.
final class EventBuffer: Sendable {
    typealias Event = ChangeStream.Event

    private struct State {
        var events: [Event] = []
        var head = 0
        var bytes = 0
        var waiter: CheckedContinuation<Event?, Never>?
        var hasEnded = false

        var count: Int { events.count - head }

        mutating func popFirst() -> Event? {
            guard head < events.count else { return nil }
            let event = events[head]
            head += 1
            bytes -= event.size
            if head == events.count || head >= 1024 {
                events.removeFirst(head)
                head = 0
            }
            return event
        }

        mutating func append(_ event: Event) {
            events.append(event)
            bytes += event.size
        }
    }

    private let state = Mutex(State())
    private let limit: Int
    private let byteLimit: Int

    init(limit: Int, byteLimit: Int = 32 << 20) {
        self.limit = limit
        self.byteLimit = byteLimit
    }

    func append(_ event: Event) {
        let waiter: CheckedContinuation<Event?, Never>? = state.withLock { state in
            if state.hasEnded { return nil }
            if let waiter = state.waiter {
                state.waiter = nil
                return waiter
            }
            if state.count >= limit || state.bytes + event.size > byteLimit {
                let lost = MongoError(.overloaded, "the consumer fell behind, and \(state.count) events were dropped")
                state.events = []
                state.head = 0
                state.bytes = 0
                state.append(.interrupted(lost))
                state.append(.opened)
            }
            state.append(event)
            return nil
        }
        waiter?.resume(returning: event)
    }

    /// What is kept is still delivered, then the stream ends.
    func finish() {
        let waiter = state.withLock { state in
            state.hasEnded = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    /// The next event; nil at the end, and for a second task that waits at the same time.
    func next() async -> Event? {
        await withCheckedContinuation { continuation in
            let event: Event?? = state.withLock { state in
                if let event = state.popFirst() { return .some(event) }
                if state.hasEnded || state.waiter != nil { return .some(nil) }
                state.waiter = continuation
                return nil
            }
            if let event { continuation.resume(returning: event) }
        }
    }
}

extension ChangeStream.Event {
    fileprivate var size: Int {
        if case .change(let document) = self { document.bytes.count } else { 0 }
    }
}
