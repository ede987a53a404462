public import BSON

/// What a connection wants to read of an inbox: rows above a seq that have not expired, in order, at most a batch.
public struct InboxReading: Sendable, Hashable {
    /// Which rows.
    public enum Scope: Sendable, Hashable {
        /// Of a route, those that nobody has confirmed; nil is every route, without ends of sessions.
        case unconfirmed(InboxRoute?)
        /// The same with what has been confirmed: for a client that brings his own cursor.
        case told(InboxRoute?)
        /// Whatever its route or receipt: for a connection that is live.
        case everything
    }

    public var recipient: ObjectID
    public var scope: Scope
    /// A seq above the head counts as the head, but for a live connection, which has none.
    public var after: Int64

    public init(_ scope: Scope, of recipient: ObjectID, after: Int64) {
        self.recipient = recipient
        self.scope = scope
        self.after = after
    }

    /// What was found.
    public struct Batch: Sendable {
        public var rows: [InboxRow]
        /// The newest seq there was before the rows were read: what was written after it has rung. nil for a connection
        /// that is live, which does not ask.
        public var head: Int64?
    }

    /// What a row must be, its seq and time apart.
    var condition: Document {
        switch scope {
        case .unconfirmed(let route): Self.told(on: route).and(["unreceipted": true])
        case .told(let route): Self.told(on: route)
        case .everything: [:]
        }
    }

    var isLive: Bool { scope == .everything }

    private static func told(on route: InboxRoute?) -> Document {
        guard let route else { return ["kind": ["$ne": .string(InboxKind.session.rawValue)]] }
        return ["routes": .string(route.rawValue)]
    }
}
