import BSON
public import NIOCore
import Realtime
public import Roadside
import Synchronization

/// What a connection on an inbox hears.
public enum Doorbell: Sendable {
    /// A row this process has just committed.
    case row(InboxDelivery)
    /// A row of this seq exists. One of this process (`isOwn`) comes as ``row(_:)`` at about the same time.
    case written(Int64, isOwn: Bool)
    /// This seq was the newest some time ago: whoever stands below it has missed something.
    case stood(Int64)
    /// Rows may have passed unheard: read on.
    case resync
    /// The recipient, a provider, has gone on or off shift.
    case shift(Bool)
}

/// A committed row on its way to the sockets of its recipient, rendered once per dialect however many there are.
public final class InboxDelivery: Sendable {
    public let row: InboxRow
    private let rendered = RenderedFrames()

    init(_ row: InboxRow) { self.row = row }

    /// The row's frames in a dialect, from the first rendering of whichever socket came first.
    func frames(in renderer: InboxRenderer) -> [EncodedFrame] {
        rendered.frames(for: renderer.name) { renderer.render(row) }
    }
}

/// Brings the inbox's doorbell to the sockets of this process.
///
/// One hub serves every dialect; the topic is the recipient, never a name that a client chose.
public final class InboxHub: Sendable {
    /// Mean times between pings. The phone of a provider on shift must be found dead well inside the time that an offer
    /// gives him (realtime.md §3.9).
    public struct Pace: Sendable {
        public var usual: Duration
        public var onShift: Duration

        public init(usual: Duration = .seconds(20), onShift: Duration = .seconds(10)) {
            self.usual = usual
            self.onShift = onShift
        }
    }

    private let hub: Hub<Doorbell>
    private let attendance: Attendance
    private let perUser: Int
    private let pace: Pace
    private let holeCount = Atomic(0)
    private static let everybody = "everybody"

    /// - Parameters:
    ///   - group: the loops that may carry sockets.
    ///   - attendance: is told who connects, and tells who is on shift.
    ///   - perUser: sockets that one user may have; the oldest above it is replaced (close code 4010).
    ///   - pace: how often sockets are pinged; they begin with the usual one.
    public init(
        group: any EventLoopGroup, inbox: Inbox, attendance: Attendance, perUser: Int, pace: Pace = Pace()
    ) {
        let hub = Hub<Doorbell>(group: group)
        self.hub = hub
        self.attendance = attendance
        self.perUser = perUser
        self.pace = pace
        attendance.whenShiftChanges { user, isOnShift in hub.publish(.shift(isOnShift), to: Self.topic(user)) }
        inbox.listen { event in
            switch event {
            case .rows(let rows):
                hub.publish(rows.map { (.row(InboxDelivery($0)), Self.topic($0.recipient)) })
            case .written(let recipient, let seq, _, let isOwn):
                hub.publish(.written(seq, isOwn: isOwn), to: Self.topic(recipient))
            case .resync:
                hub.publish(.resync, to: Self.everybody)
            }
        }
    }

    /// Whose inboxes are listened to.
    var recipients: [ObjectID] {
        hub.topics.compactMap { topic in
            topic.hasPrefix(Self.prefix) ? ObjectID(String(topic.dropFirst(Self.prefix.count))) : nil
        }
    }

    /// How many sockets had missed something when they were compared.
    public var holes: Int { holeCount.load(ordering: .relaxed) }

    func foundHole() { holeCount.add(1, ordering: .relaxed) }

    /// Tells everybody where his inbox stood.
    func compare(_ heads: [ObjectID: Int64]) {
        hub.publish(heads.map { (.stood($0.value), Self.topic($0.key)) })
    }

    /// How many connections listen.
    public var count: Int { hub.count }

    /// Lets a connection hear what concerns somebody, who is present from now on until ``leave(_:)``.
    func subscribe(_ connection: SocketConnection, recipient: ObjectID, receive: @escaping (Doorbell) -> Void) {
        if attendance.enter(recipient) { keepPace(connection, isOnShift: true) }
        hub.subscribe(connection, to: [Self.topic(recipient)], limit: perUser, receive: receive)
        hub.subscribe(connection, to: [Self.everybody], receive: receive)
    }

    /// One connection of his is gone; what it hears it leaves by itself.
    func leave(_ recipient: ObjectID) { attendance.leave(recipient) }

    func keepPace(_ connection: SocketConnection, isOnShift: Bool) {
        connection.ping(every: isOnShift ? pace.onShift : pace.usual)
    }

    private static let prefix = "user:"
    private static func topic(_ recipient: ObjectID) -> String { prefix + recipient.hex }
}
