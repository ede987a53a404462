public import BSON
public import Logging
import NIOCore
public import Realtime
public import Roadside

/// One socket on one route of somebody's inbox: replay what nobody confirmed, then live, without a gap or a repeat.
///
/// The connection holds a cursor, not a queue: the seq of the newest row it has looked at. A bell for the next seq is
/// sent from memory; any other bell, and any doubt, means reading on from the cursor. Each batch ends with a ping that
/// carries the cursor, and its pong is the receipt (realtime.md §3.4), so a stock client confirms without knowing.
///
/// Everything here happens on the connection's event loop; reads run as work of the connection and come back to it.
public final class InboxSession: SocketSession {
    /// Who listens, on which route, and in whose words.
    public struct Subscription: Sendable {
        public var recipient: ObjectID
        /// The session whose token opened the socket: with it the socket ends.
        public var sessionID: ObjectID
        public var route: InboxRoute
        public var renderer: InboxRenderer
        /// Work to do once the socket is open, such as offering the open jobs of the area.
        public var opened: (@Sendable () async -> Void)?

        public init(
            recipient: ObjectID, sessionID: ObjectID, route: InboxRoute, renderer: InboxRenderer,
            opened: (@Sendable () async -> Void)? = nil
        ) {
            self.recipient = recipient
            self.sessionID = sessionID
            self.route = route
            self.renderer = renderer
            self.opened = opened
        }
    }

    private enum Phase { case replaying, live }

    /// Many times what lies between a commit and the ring that follows it.
    private static let ownRowPatience = Duration.milliseconds(250)

    private let subscription: Subscription
    private let inbox: Inbox
    private let hub: InboxHub
    private let logger: Logger

    private var connection: SocketConnection?
    private var phase = Phase.replaying
    /// The newest seq looked at, whether or not it belonged on this route.
    private var cursor: Int64 = 0
    /// The newest seq sent on this route: the highest a receipt may name.
    private var sent: Int64 = 0
    private var asked: Int64 = 0
    private var isReading = false
    private var mustReadOn = false
    private var confirmed: Int64 = 0
    private var isConfirming = false

    public init(_ subscription: Subscription, inbox: Inbox, hub: InboxHub, logger: Logger) {
        self.subscription = subscription
        self.inbox = inbox
        self.hub = hub
        self.logger = logger
    }

    public func opened(_ connection: SocketConnection) {
        self.connection = connection
        // Before the first read: a row committed in between rings, and is read after the replay.
        hub.subscribe(connection, recipient: subscription.recipient) { [weak self] in self?.hear($0) }
        read()
        if let work = subscription.opened { connection.run(work) }
    }

    public func received(text: [UInt8]) {
        // The bare routes carry nothing from client to server; what arrives is ignored, within the connection's limits.
    }

    public func received(pong: [UInt8]) {
        guard let seq = CursorPing.seq(of: pong), seq <= sent, seq > confirmed else { return }
        confirmed = seq
        confirm()
    }

    public func becameWritable() {
        if mustReadOn { read() }
    }

    public func closing(_ disconnect: Disconnect) -> EncodedFrame? {
        subscription.renderer.farewell
    }

    public func closed() {
        connection = nil
    }
}

// Hearing and reading.
extension InboxSession {
    private func hear(_ bell: Doorbell) {
        switch bell {
        case .row(let delivery):
            let row = delivery.row
            guard row.seq > cursor else { return }
            guard phase == .live, !isReading, row.seq == cursor + 1, connection?.isWritable == true else {
                return read()
            }
            cursor = row.seq
            deliver([(row, delivery.frames(in: subscription.renderer))])
        case .written(let seq, let isOwn):
            guard seq > cursor else { return }
            if isOwn { awaitRow(seq) } else { read() }
        case .resync:
            read()
        }
    }

    /// The row is on its way from memory. Should it not come (its writer has lost the answer of the commit), it is read.
    private func awaitRow(_ seq: Int64) {
        guard let connection else { return }
        let back = Return(to: self, on: connection)
        connection.schedule(after: Self.ownRowPatience) {
            back.execute { if seq > $0.cursor { $0.read() } }
        }
    }

    /// Reads on from the cursor, one batch at a time and only when the client takes what was sent.
    private func read() {
        guard let connection else { return }
        mustReadOn = true
        guard !isReading, connection.isWritable else { return }
        mustReadOn = false
        isReading = true
        let reader = Reader(inbox: inbox, recipient: subscription.recipient, route: subscription.route)
        let (phase, after) = (phase, cursor)
        let back = Return(to: self, on: connection)
        connection.run {
            let batch = await reader.batch(replaying: phase == .replaying, after: after)
            back.execute { $0.took(batch) }
        }
    }

    private func took(_ batch: Reader.Batch) {
        isReading = false
        guard let connection else { return }
        switch batch {
        case .rows(let rows, let head):
            let news = rows.filter { $0.seq > cursor }
            cursor = news.last?.seq ?? cursor
            deliver(news.map { ($0, subscription.renderer.render($0)) })
            if rows.count < Inbox.batch, phase == .replaying {
                phase = .live
                cursor = max(cursor, head)
            } else if rows.count == Inbox.batch {
                mustReadOn = true
            }
            if mustReadOn { read() }
        case .failed(let error):
            logger.warning("An inbox could not be read; trying again", metadata: ["error": "\(error)"])
            let back = Return(to: self, on: connection)
            connection.schedule(after: .seconds(1)) { back.execute { $0.read() } }
        }
    }

    /// Sends what this route says of the rows, with a ping behind it all, because pongs are cumulative and a client may
    /// answer only the newest ping.
    private func deliver(_ news: [(row: InboxRow, frames: [EncodedFrame])]) {
        var frames: [EncodedFrame] = []
        var isEnded = false
        for (row, words) in news {
            if row.kind == .session {
                // Another device's session is none of this socket's business.
                isEnded = row.body.sessionID.map { $0 == subscription.sessionID } ?? true
                if isEnded { break }
            } else if row.routes.contains(subscription.route) {
                // A row without words on this route still counts as received, or it would be replayed for ever.
                frames += words
                sent = row.seq
            }
        }
        if sent > asked {
            asked = sent
            connection?.send(frames, thenPing: CursorPing.payload(sent))
        }
        if isEnded { connection?.close(.revoked) }
    }

    /// One receipt at a time is written; receipts are cumulative, so the newest stands for those it overtook.
    private func confirm() {
        guard !isConfirming, let connection else { return }
        isConfirming = true
        let (inbox, subscription, seq, logger) = (inbox, subscription, confirmed, logger)
        let back = Return(to: self, on: connection)
        connection.run {
            do {
                try await inbox.receipt(recipient: subscription.recipient, route: subscription.route, upTo: seq)
            } catch {
                // Not lost: without its receipt the row is sent again on the next connection.
                logger.warning("A receipt could not be kept", metadata: ["error": "\(error)"])
            }
            back.execute { $0.kept(receipt: seq) }
        }
    }

    private func kept(receipt seq: Int64) {
        isConfirming = false
        if confirmed > seq { confirm() }
    }
}

/// The way back from a read to the session on its event loop.
private struct Return: Sendable {
    private let session: NIOLoopBound<InboxSession>
    private let eventLoop: any EventLoop

    init(to session: InboxSession, on connection: SocketConnection) {
        self.eventLoop = connection.eventLoop
        self.session = NIOLoopBound(session, eventLoop: connection.eventLoop)
    }

    func execute(_ work: @escaping @Sendable (InboxSession) -> Void) {
        eventLoop.execute { [session] in work(session.value) }
    }
}

/// The reading half, free of the session's state.
private struct Reader: Sendable {
    enum Batch: Sendable {
        case rows([InboxRow], head: Int64)
        case failed(RoadsideError)
    }

    let inbox: Inbox
    let recipient: ObjectID
    let route: InboxRoute

    func batch(replaying: Bool, after: Int64) async -> Batch {
        do {
            guard replaying else {
                return .rows(try await inbox.rows(recipient: recipient, after: after, limit: Inbox.batch), head: after)
            }
            // The head first: what is committed after it rings, and what is below it has been read.
            let head = try await inbox.head(of: recipient)
            let rows = try await inbox.unreceipted(recipient: recipient, route: route, after: after, limit: Inbox.batch)
            return .rows(rows, head: head)
        } catch {
            return .failed(error)
        }
    }
}
