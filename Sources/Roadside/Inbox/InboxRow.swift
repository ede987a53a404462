public import BSON
public import FoundationEssentials

/// One row of a recipient's inbox.
public struct InboxRow: Sendable {
    public let id: ObjectID
    public let recipient: ObjectID
    /// Gapless per recipient, from 1.
    public let seq: Int64
    public let kind: InboxKind
    public let routes: [InboxRoute]
    public let body: InboxBody
    public let createdAt: Date
    /// After this moment the row is not delivered to sockets any more.
    public let expiresAt: Date?
    /// The first receipt; it stops replay, the row stays.
    public let receivedAt: Date?
    public let isRead: Bool
    /// The open code of a row of kind `jobOTP`; filled for delivery only, never in a list.
    public var otp: String?
}

extension InboxRow {
    init(_ entry: InboxEntry, seq: Int64, createdAt: Date) {
        id = ObjectID()
        recipient = entry.recipient
        self.seq = seq
        kind = entry.kind
        routes = entry.routes
        body = InboxBody(entry.body)
        self.createdAt = createdAt
        expiresAt = entry.expiresAt
        receivedAt = nil
        isRead = false
        otp = entry.sealed
    }

    /// nil when the document is none of ours, such as a row whose kind only a newer version knows.
    init?(_ document: Document) {
        guard let id: ObjectID = document.get("_id"), let recipient: ObjectID = document.get("recipient_id"),
            let seq: Int64 = document.get("seq"), let createdAt: Date = document.get("created_at"),
            let kind = document.get("kind").flatMap(InboxKind.init(rawValue:))
        else { return nil }
        self.id = id
        self.recipient = recipient
        self.seq = seq
        self.kind = kind
        routes = (document.get("routes", as: [String].self) ?? []).compactMap(InboxRoute.init(rawValue:))
        body = InboxBody(document.get("body") ?? [:])
        self.createdAt = createdAt
        expiresAt = document.get("expires_at")
        receivedAt = document.get("received_at")
        isRead = document.get("is_read") ?? false
        otp = nil
    }

    /// The stored form. The code goes in sealed and nowhere else.
    func document(body: Document, sealer: Sealer) throws(RoadsideError) -> Document {
        var document: Document = [
            "_id": .id(id), "recipient_id": .id(recipient), "seq": .int64(seq), "kind": .string(kind.rawValue),
            "routes": .array(routes.map { .string($0.rawValue) }), "body": .document(body),
            "created_at": .date(createdAt), "is_read": false, "unreceipted": true,
            "purge_at": .date(createdAt.addingTimeInterval(Self.lifetimeSeconds)),
        ]
        document.append("expires_at", ifPresent: expiresAt)
        if let otp { document.append("sealed", .string(try sealer.seal(otp, for: sealingPlace))) }
        return document
    }

    /// The row with its code open, while the code has not been wiped.
    static func delivered(_ document: Document, sealer: Sealer) -> InboxRow? {
        guard var row = InboxRow(document) else { return nil }
        row.otp = document.get("sealed").flatMap { sealer.open($0, for: row.sealingPlace) }
        return row
    }

    /// Rows live 90 days: they are the notification list, too (D19).
    private static let lifetimeSeconds = 90.0 * 24 * 3600

    private var sealingPlace: String { "inbox:\(recipient):\(id)" }
}
