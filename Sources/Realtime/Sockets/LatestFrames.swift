import NIOCore

/// Frames to one socket of which only the newest of each subject counts: one that stands alone leaves at once, those that
/// follow too soon wait in one place and overtake each other there, and so do all while the peer does not read.
///
/// Used on the connection's event loop only.
public final class LatestFrames<Subject: Hashable & Sendable, Item: Sendable> {
    private let connection: SocketConnection
    private let frame: (Item) -> EncodedFrame
    private var slots: LatestSlots<Subject, Item>
    private var timer: (due: NIODeadline, timer: SocketTimer)?

    /// - Parameters:
    ///   - interval: between two frames of one subject.
    ///   - limit: subjects at a time.
    ///   - frame: the words for an item; asked for when they leave, never for what was overtaken.
    public init(
        on connection: SocketConnection, interval: Duration, limit: Int, frame: @escaping (Item) -> EncodedFrame
    ) {
        self.connection = connection
        self.frame = frame
        slots = LatestSlots(interval: interval, limit: limit)
    }

    /// - Parameter order: by which the newer is told from the older; what is not newer than what was offered before is
    ///   dropped.
    public func offer(_ item: Item, for subject: Subject, order: Int64) {
        if slots.put(item, for: subject, order: order, now: connection.eventLoop.now) { send() }
    }

    /// Nothing of this subject leaves any more; when it comes back it begins anew.
    public func forget(_ subject: Subject) {
        slots.forget(subject)
    }

    /// The peer takes frames again.
    public func becameWritable() {
        send()
    }

    private func send() {
        // Nothing is written for one who does not read: it would be old by the time he does.
        guard connection.isWritable else { return }
        let items = slots.take(now: connection.eventLoop.now)
        if let only = items.first, items.count == 1 {
            connection.send(frame(only))
        } else {
            connection.send(items.map(frame))
        }
        setTimer()
    }

    private func setTimer() {
        guard let due = slots.due else { return }
        if let timer, timer.due <= due { return }
        timer?.timer.cancel()
        let wait = max(due - connection.eventLoop.now, Self.grain)
        let bound = NIOLoopBound(self, eventLoop: connection.eventLoop)
        timer = (due, connection.schedule(after: Duration(wait)) { bound.value.rang() })
    }

    private func rang() {
        timer = nil
        send()
    }

    /// What becomes due within this time of each other leaves together. Ours.
    private static var grain: TimeAmount { .milliseconds(10) }
}
