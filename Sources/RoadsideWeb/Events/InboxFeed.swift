public import BSON
public import Roadside
import Synchronization

/// Brings the inbox's doorbell to whoever listens over plain HTTP: streams of events and long polls of this process.
///
/// A bell says "look" and nothing more, so one that rings while another is pending adds nothing, and a listener costs the
/// same however much happens.
public final class InboxFeed: Sendable {
    /// Streams and polls of one user at a time: as many as sockets (realtime.md §3.8).
    public static let limit = 8

    private typealias Bell = AsyncStream<Void>.Continuation

    private struct Directory {
        var bells: [ObjectID: [UInt64: Bell]] = [:]
        var lastID: UInt64 = 0
    }

    private let directory = Mutex(Directory())
    private let attendance: Attendance

    /// - Parameter attendance: is told who listens.
    public init(inbox: Inbox, attendance: Attendance) {
        self.attendance = attendance
        inbox.listen { [weak self] event in self?.hear(event) }
    }

    /// How many listen.
    public var count: Int { directory.withLock { $0.bells.values.reduce(0) { $0 + $1.count } } }

    /// A place among those who listen to an inbox, held until it is left. A row committed after this call has returned
    /// rings, so whoever reads afterwards misses nothing.
    ///
    /// - Throws: `RATE_LIMITED` when the recipient has as many as he may have.
    public func listener(to recipient: ObjectID) throws(RoadsideError) -> InboxListener {
        let (bells, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = directory.withLock { directory -> UInt64? in
            guard directory.bells[recipient, default: [:]].count < Self.limit else { return nil }
            directory.lastID += 1
            directory.bells[recipient, default: [:]][directory.lastID] = bell
            return directory.lastID
        }
        guard let id else {
            throw RoadsideError(
                .rateLimited, "You listen in \(Self.limit) places already; one of them must end first.",
                details: [("retry_after", 5)])
        }
        attendance.enter(recipient)
        return InboxListener(bells: bells, bell: bell) { [weak self] in self?.remove(id, of: recipient) }
    }

    private func remove(_ id: UInt64, of recipient: ObjectID) {
        let wasThere = directory.withLock { directory in
            let bell = directory.bells[recipient]?.removeValue(forKey: id)
            if directory.bells[recipient]?.isEmpty == true { directory.bells[recipient] = nil }
            return bell != nil
        }
        if wasThere { attendance.leave(recipient) }
    }

    private func hear(_ event: InboxEvent) {
        switch event {
        case .rows(let rows):
            for recipient in Set(rows.map(\.recipient)) { ring(recipient) }
        case .written(let recipient, _, _, _):
            ring(recipient)
        case .resync:
            for bell in directory.withLock({ $0.bells.values.flatMap(\.values) }) { bell.yield() }
        }
    }

    private func ring(_ recipient: ObjectID) {
        for bell in directory.withLock({ $0.bells[recipient].map { Array($0.values) } ?? [] }) { bell.yield() }
    }
}
