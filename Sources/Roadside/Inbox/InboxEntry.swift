public import BSON
public import FoundationEssentials

/// A row about to be written: what is said, to whom, and on which sockets it belongs.
public struct InboxEntry: Sendable {
    public var recipient: ObjectID
    public var kind: InboxKind
    public var routes: [InboxRoute]
    /// Canonical words (`InboxBody.document`).
    public var body: Document
    /// After this moment the row is never delivered to a socket; it stays in the list.
    public var expiresAt: Date?
    /// A code that only its recipient may read: stored sealed, delivered open, wiped at receipt.
    public var sealed: String?

    public init(
        recipient: ObjectID, kind: InboxKind, routes: [InboxRoute], body: Document, expiresAt: Date? = nil,
        sealed: String? = nil
    ) {
        self.recipient = recipient
        self.kind = kind
        self.routes = routes
        self.body = body
        self.expiresAt = expiresAt
        self.sealed = sealed
    }

    public init(
        recipient: ObjectID, kind: InboxKind, routes: [InboxRoute], body: InboxBody, expiresAt: Date? = nil,
        sealed: String? = nil
    ) {
        self.init(
            recipient: recipient, kind: kind, routes: routes, body: body.document, expiresAt: expiresAt,
            sealed: sealed)
    }
}
