import BSON
import Logging
import NIOCore
import Realtime
import Roadside

/// What sockets on an inbox have in common: every row from a place on, in order, without a gap or a repeat.
///
/// It holds a cursor, not a queue: the seq of the newest row it has looked at. A bell for the next seq is handed on from
/// memory; any other bell, and any doubt, means reading on from the cursor.
///
/// Everything here happens on the connection's event loop; reads run as work of the connection and come back to it.
final class InboxReader {
    /// Where reading begins. Whatever it is, all that is written after it follows, on every route.
    enum Start: Sendable {
        /// With what nobody has confirmed on a route; nil is every route.
        case unconfirmed(InboxRoute?)
        /// With what is above a seq on a route, confirmed or not. A seq above the head counts as the head.
        case above(Int64, InboxRoute?)
        /// With what is written after this seq.
        case live(above: Int64)
    }

    private enum Phase: Sendable {
        case idle
        case replaying(InboxRoute?, unconfirmedOnly: Bool)
        case live
    }

    /// Many times what lies between a commit and the ring that follows it.
    private static let ownRowPatience = Duration.milliseconds(250)

    private let recipient: ObjectID
    private let inbox: Inbox
    private let hub: InboxHub
    private let logger: Logger

    private var connection: SocketConnection?
    private var receive: ([InboxDelivery]) -> Void = { _ in }
    private var wentLive: () -> Void = {}
    private var phase = Phase.idle
    /// Tells reads of an earlier start from those of this one.
    private var starts = 0
    /// The newest seq looked at, whoever it was meant for.
    private var cursor: Int64 = 0
    /// Where the inbox is known to have stood: whatever of it cannot be read any more is not waited for.
    private var stood: Int64 = 0
    private var isReading = false
    private var mustReadOn = false
    private var isHeld = false

    init(recipient: ObjectID, inbox: Inbox, hub: InboxHub, logger: Logger) {
        self.recipient = recipient
        self.inbox = inbox
        self.hub = hub
        self.logger = logger
    }

    /// Begins to hear the doorbell. It comes before the first read of anything: a row committed in between rings.
    ///
    /// - Parameters:
    ///   - wentLive: called after each start as soon as everything that is written from then on is heard of, ends of
    ///     sessions included; those from before are not.
    ///   - receive: is given the rows once reading has been started.
    func open(
        _ connection: SocketConnection, wentLive: @escaping () -> Void = {},
        receive: @escaping ([InboxDelivery]) -> Void
    ) {
        self.connection = connection
        self.receive = receive
        self.wentLive = wentLive
        hub.subscribe(connection, recipient: recipient) { [weak self] in self?.hear($0) }
    }

    /// Begins to read, or begins anew somewhere else.
    func start(_ start: Start) {
        pause()
        switch start {
        case .unconfirmed(let route): (phase, cursor) = (.replaying(route, unconfirmedOnly: true), 0)
        case .above(let seq, let route): (phase, cursor) = (.replaying(route, unconfirmedOnly: false), seq)
        case .live(let seq): (phase, cursor) = (.live, seq)
        }
        read()
        if case .live = phase { wentLive() }
    }

    /// Hands nothing on until the next start.
    func pause() {
        starts += 1
        stood = 0
        (phase, isReading, mustReadOn) = (.idle, false, false)
    }

    func becameWritable() {
        if mustReadOn { read() }
    }

    /// Hands nothing on, and reads nothing, until it is let go again; its place stays.
    func hold(_ isHeld: Bool) {
        self.isHeld = isHeld
        if !isHeld, mustReadOn { read() }
    }

    func close() {
        if connection != nil { hub.leave(recipient) }
        connection = nil
        (receive, wentLive) = ({ _ in }, {})
    }
}

extension InboxReader {
    private func hear(_ bell: Doorbell) {
        switch (bell, phase) {
        case (.row(let delivery), .idle) where delivery.row.kind == .session:
            // The end of a session waits for nobody. It moves no cursor: what is before it has not been read.
            receive([delivery])
        case (.shift(let isOn), _):
            if let connection { hub.keepPace(connection, isOnShift: isOn) }
        case (_, .idle): break
        case (.row(let delivery), _):
            let seq = delivery.row.seq
            guard seq > cursor else { return }
            guard case .live = phase, !isReading, !isHeld, seq == cursor + 1, connection?.isWritable == true else {
                return read()
            }
            cursor = seq
            receive([delivery])
        case (.written(let seq, let isOwn), _):
            guard seq > cursor else { return }
            if isOwn { awaitRow(seq) } else { read() }
        case (.stood(let head), .live):
            guard head > cursor else { return }
            hub.foundHole()
            stood = head
            read()
        case (.stood, .replaying):
            break
        case (.resync, _):
            read()
        }
    }

    /// The row is on its way from memory. Should it not come (its writer has lost the answer of the commit), it is read.
    private func awaitRow(_ seq: Int64) {
        guard let connection else { return }
        let back = LoopReturn(to: self, on: connection)
        connection.schedule(after: Self.ownRowPatience) {
            back.execute { if seq > $0.cursor { $0.read() } }
        }
    }

    /// Reads on from the cursor, one batch at a time and only when the client takes what was sent.
    private func read() {
        guard let connection, let reading else { return }
        mustReadOn = true
        guard !isReading, !isHeld, connection.isWritable else { return }
        mustReadOn = false
        isReading = true
        let (back, start, inbox) = (LoopReturn(to: self, on: connection), starts, inbox)
        connection.run {
            let answer: Answer
            do throws(RoadsideError) {
                answer = .batch(try await inbox.read(reading))
            } catch {
                answer = .failed(error)
            }
            back.execute { if $0.starts == start { $0.took(answer) } }
        }
    }

    private func took(_ answer: Answer) {
        isReading = false
        guard let connection else { return }
        switch answer {
        case .batch(let batch):
            let news = batch.head.map { replayed(batch.rows, upTo: $0) } ?? followed(batch.rows)
            receive(news.map(InboxDelivery.init))
        case .failed(let error):
            logger.warning("An inbox could not be read; trying again", metadata: ["error": "\(error)"])
            let back = LoopReturn(to: self, on: connection)
            connection.schedule(after: .seconds(1)) { back.execute { $0.read() } }
        }
        if mustReadOn { read() }
    }

    private func replayed(_ rows: [InboxRow], upTo head: Int64) -> [InboxRow] {
        // Above the head there may be rows of other routes between these; they are read when all are.
        let news = rows.filter { $0.seq > cursor && $0.seq <= head }
        cursor = news.last?.seq ?? min(cursor, head)
        if news.count < Inbox.batch {
            phase = .live
            if head > cursor { cursor = head }
            if rows.count > news.count { mustReadOn = true }
            wentLive()
        } else {
            mustReadOn = true
        }
        return news
    }

    private func followed(_ rows: [InboxRow]) -> [InboxRow] {
        let news = rows.filter { $0.seq > cursor }
        cursor = news.last?.seq ?? cursor
        if rows.count == Inbox.batch { mustReadOn = true } else { cursor = max(cursor, stood) }
        return news
    }

    private enum Answer: Sendable {
        case batch(InboxReading.Batch)
        case failed(RoadsideError)
    }

    /// What to read next; nil while nobody has said where to begin.
    private var reading: InboxReading? {
        switch phase {
        case .idle: nil
        case .replaying(let route, let unconfirmedOnly):
            InboxReading(unconfirmedOnly ? .unconfirmed(route) : .told(route), of: recipient, after: cursor)
        case .live: InboxReading(.everything, of: recipient, after: cursor)
        }
    }
}

extension InboxRow {
    /// Whether a row ends the sockets of a session. That of another device is none of their business.
    func ends(session: ObjectID) -> Bool {
        kind == .session && (body.sessionID.map { $0 == session } ?? true)
    }
}
