import BSON
import Mongo
public import RoadsideRules

/// A few lines that the platform writes to one person.
public struct StaffMessage: Sendable, Hashable {
    public static let defaultTopic = "general"

    public var title: String
    public var text: String
    /// What an app sorts messages by: small letters, digits and `_.-`, at most 40.
    public var topic: String

    public init(title: String, text: String, topic: String = StaffMessage.defaultTopic) {
        self.title = title
        self.text = text
        self.topic = topic
    }
}

extension Administration {
    /// Writes to one person: one row of his inbox, unread, which no socket of a job is told of.
    ///
    /// - Parameters:
    ///   - author: an admin, whose id stays with the row, or the system.
    ///   - origin: where his request came from.
    /// - Returns: the row as the recipient will list it.
    /// - Throws: `FORBIDDEN` for everybody else; `NOT_FOUND` for a recipient who does not exist; `VALIDATION_ERROR` with
    ///   every issue: a title of 1 to 100 characters in one line, a text of 1 to 2000, a topic of the form above;
    ///   `RATE_LIMITED` for an admin who has sent two hundred within an hour.
    public func send(
        _ message: StaffMessage, to recipient: Reference, by author: Actor, from origin: RequestOrigin? = nil
    ) async throws(RoadsideError) -> InboxRow {
        guard author.role == nil || author.role == .admin else {
            throw RoadsideError(.forbidden, "Your role may not write to people.")
        }
        var body = try Self.checked(message)
        if let sender = author.userID { try await SenderBudget.messages.take(by: sender, dependencies) }
        body.senderID = author.userID
        let (checked, now) = (body, dependencies.now())
        let rows = try await store.transaction { transaction in
            let found = try transaction.users.findOne(recipient.filter, projection: ["_id": 1])
            guard let id: ObjectID = found?.get("_id") else { throw RoadsideError.notFound("Recipient") }
            try transaction.audit(
                AuditEvent(
                    action: .notificationSent, subject: AuditSubject(.user, id),
                    after: ["title": .string(checked.title ?? ""), "type": .string(checked.topic ?? "")]),
                by: AuditAuthor(author, from: origin), at: now)
            return try inbox.append(
                [InboxEntry(recipient: id, kind: .message, routes: [], body: checked)], in: transaction)
        }
        inbox.ring(rows)
        guard let row = rows.first else { throw .broken("a message left no row") }
        return row
    }

    private static func checked(_ message: StaffMessage) throws(RoadsideError) -> InboxBody {
        var issues: [FieldIssue] = []
        // One visible line, without characters that turn text round or hide in it.
        let title = ContactRules.displayName(message.title)
        if title == nil { issues.append(FieldIssue(name: "title", message: "Write 1 to 100 visible characters.")) }
        let text = Wording.clean(message.text)
        if text.isEmpty || text.count > Wording.descriptionLimit {
            issues.append(
                FieldIssue(name: "message", message: "Write 1 to \(Wording.descriptionLimit) characters."))
        }
        if !isTopic(message.topic) {
            issues.append(
                FieldIssue(name: "type", message: "Use at most 40 small letters, digits and _ . -, a letter first."))
        }
        guard issues.isEmpty, let title else { throw .validation(issues) }
        var body = InboxBody(title: title, text: text)
        body.topic = message.topic
        return body
    }

    private static func isTopic(_ text: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        guard (1...40).contains(text.utf8.count), text.utf8.first.map(letters.contains) == true else { return false }
        return text.utf8.allSatisfy { byte in
            letters.contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "_.-".utf8.contains(byte)
        }
    }
}
