public import BSON
public import FoundationEssentials
public import RoadsideRules

/// One line of the audit log: who has done what to what, from where, and how it was before and after.
public struct AuditEntry: Sendable {
    public let id: ObjectID
    public let at: Date
    public let action: AuditAction
    public let role: Role?
    /// nil for the system.
    public let actor: Person?
    public let subject: AuditSubject
    /// The fields that were changed.
    public let before: Document
    public let after: Document
    public let requestID: String?
    public let address: String?

    /// Whoever it was, as he is known now.
    public struct Person: Sendable, Hashable {
        public let id: ObjectID
        /// nil when his account is gone.
        public let number: Int64?
        public let name: String?
    }
}

extension AuditEntry {
    /// nil for a line whose action only a newer version knows.
    ///
    /// - Parameter people: documents of `users` by their ids.
    init?(_ document: Document, people: [ObjectID: Document]) {
        guard let id: ObjectID = document.get("_id"), let at: Date = document.get("created_at"),
            let action = document.get("action").flatMap(AuditAction.init(rawValue:)),
            let kind = document.get("subject_kind").flatMap(AuditSubject.Kind.init(rawValue:))
        else { return nil }
        self.id = id
        self.at = at
        self.action = action
        role = document.get("actor_role").flatMap(Role.init(rawValue:))
        actor = document.get("actor_id", as: ObjectID.self).map { id in
            Person(id: id, number: people[id]?.get("number"), name: people[id]?.get("name"))
        }
        subject =
            document.get("subject_id", as: ObjectID.self).map { AuditSubject(kind, $0) }
            ?? AuditSubject(kind, named: document.get("subject_name") ?? "")
        before = document.get("before") ?? [:]
        after = document.get("after") ?? [:]
        requestID = document.get("request_id")
        address = document.get("address")
    }
}
