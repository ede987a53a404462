public import BSON
public import Logging
public import Realtime
public import Roadside

/// One socket on one route of somebody's inbox: replay what nobody confirmed, then live, without a gap or a repeat.
///
/// Each batch ends with a ping that carries the seq of its last row, and its pong is the receipt (realtime.md §3.4), so a
/// stock client confirms without knowing.
public final class InboxSession: SocketSession {
    /// Who listens, on which route, and in whose words.
    public struct Subscription: Sendable {
        public var recipient: ObjectID
        /// The session whose token opened the socket: with it the socket ends.
        public var sessionID: ObjectID
        public var route: InboxRoute
        public var renderer: InboxRenderer
        /// The replay begins above this seq, with what was confirmed, too; nil: with what nobody confirmed.
        public var since: Int64?
        /// Work to do once the socket is open, such as offering the open jobs of the area.
        public var opened: (@Sendable () async -> Void)?

        public init(
            recipient: ObjectID, sessionID: ObjectID, route: InboxRoute, renderer: InboxRenderer, since: Int64? = nil,
            opened: (@Sendable () async -> Void)? = nil
        ) {
            self.recipient = recipient
            self.sessionID = sessionID
            self.route = route
            self.renderer = renderer
            self.since = since
            self.opened = opened
        }
    }

    private let subscription: Subscription
    private let reader: InboxReader
    private let receipts: ReceiptKeeper
    private var connection: SocketConnection?
    /// The newest seq sent on this route: the highest a receipt may name.
    private var sent: Int64 = 0
    private var asked: Int64 = 0

    public init(_ subscription: Subscription, inbox: Inbox, hub: InboxHub, logger: Logger) {
        self.subscription = subscription
        reader = InboxReader(recipient: subscription.recipient, inbox: inbox, hub: hub, logger: logger)
        receipts = ReceiptKeeper(logger: logger) {
            [recipient = subscription.recipient, route = subscription.route] seq async throws(RoadsideError) in
            try await inbox.receipt(recipient: recipient, route: route, upTo: seq)
        }
    }

    public func opened(_ connection: SocketConnection) {
        self.connection = connection
        reader.open(connection) { [weak self] in self?.deliver($0) }
        reader.start(
            subscription.since.map { .above($0, subscription.route) } ?? .unconfirmed(subscription.route))
        if let work = subscription.opened { connection.run(work) }
    }

    public func received(text: [UInt8]) {
        // The bare routes carry nothing from client to server; what arrives is ignored, within the connection's limits.
    }

    public func received(pong: [UInt8]) {
        guard let connection, let seq = CursorPing.seq(of: pong), seq <= sent else { return }
        receipts.confirm(seq, on: connection)
    }

    public func becameWritable() {
        reader.becameWritable()
    }

    public func closing(_ disconnect: Disconnect) -> EncodedFrame? {
        subscription.renderer.farewell
    }

    public func closed() {
        reader.close()
        connection = nil
    }

    /// Sends what this route says of the rows, with a ping behind it all, because pongs are cumulative and a client may
    /// answer only the newest ping.
    private func deliver(_ news: [InboxDelivery]) {
        var frames: [EncodedFrame] = []
        var isEnded = false
        for delivery in news {
            let row = delivery.row
            if row.ends(session: subscription.sessionID) {
                isEnded = true
                break
            }
            // A row without words on this route still counts as received, or it would be replayed for ever.
            guard row.routes.contains(subscription.route) else { continue }
            frames += delivery.frames(in: subscription.renderer)
            sent = row.seq
        }
        if sent > asked {
            asked = sent
            connection?.send(frames, thenPing: CursorPing.payload(sent))
        }
        if isEnded { connection?.close(.revoked) }
    }
}
