public import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// Who has done something: a signed-in user, or the system, such as its command line.
struct AuditAuthor: Sendable {
    var userID: ObjectID?
    var role: Role?
    var origin: RequestOrigin?

    init(_ caller: Caller) {
        (userID, role, origin) = (caller.userID, caller.role, caller.origin)
    }

    init(_ actor: Actor, from origin: RequestOrigin? = nil) {
        (userID, role, self.origin) = (actor.userID, actor.role, origin)
    }
}

/// What it was done to.
public struct AuditSubject: Sendable, Hashable {
    /// Raw values are stored.
    public enum Kind: String, Sendable, CaseIterable {
        case user, upload, invitation, job, emergency, announcement, export, reference
        case paper = "document"
    }

    public let kind: Kind
    /// nil for what has only a name.
    public let id: ObjectID?
    /// Of what has no id, such as a file of reference data.
    public let name: String?

    init(_ kind: Kind, _ id: ObjectID) { (self.kind, self.id, name) = (kind, id, nil) }

    init(_ kind: Kind, named name: String) { (self.kind, id, self.name) = (kind, nil, name) }
}

/// One line of the audit log that is to be written.
struct AuditEvent: Sendable {
    let action: AuditAction
    let subject: AuditSubject
    /// The fields that were changed, as they were and as they are. Never a secret, neither open nor hashed.
    var before = Document()
    var after = Document()

    func document(by author: AuditAuthor, at now: Date) -> Document {
        var document: Document = ["_id": .id(ObjectID()), "action": .string(action.rawValue)]
        document.append("actor_id", ifPresent: author.userID)
        document.append("actor_role", ifPresent: author.role?.rawValue)
        document.append("subject_kind", .string(subject.kind.rawValue))
        document.append("subject_id", ifPresent: subject.id)
        document.append("subject_name", ifPresent: subject.name)
        document.append("before", .document(before))
        document.append("after", .document(after))
        document.append("request_id", ifPresent: author.origin?.requestID)
        document.append("address", ifPresent: author.origin?.address)
        document.append("created_at", .date(now))
        return document
    }
}

extension MongoTransaction {
    /// Writes a line of the audit log together with what it tells of. This is the only way in; there is none by which a
    /// line could be changed or taken out, but that an erasure forgets from where somebody did what he did.
    func audit(_ event: AuditEvent, by author: AuditAuthor, at now: Date) throws(MongoError) {
        try collection(AuditLog.collection).insert(event.document(by: author, at: now))
    }

    /// What staff have done to a job. What its parties do, its own story tells.
    ///
    /// - Parameters:
    ///   - details: what else was changed, as it is.
    ///   - former: the same as it was.
    func audit(
        _ action: AuditAction, _ before: JobRecord, _ after: JobRecord, _ details: Document = [:],
        was former: Document = [:], by caller: Caller, at now: Date
    ) throws(MongoError) {
        guard caller.role.isStaff, after.version != before.version else { return }
        let event = AuditEvent(
            action: action, subject: AuditSubject(.job, after.id), before: before.audited.and(former),
            after: after.audited.and(details))
        try audit(event, by: AuditAuthor(caller), at: now)
    }
}

extension AuditAction {
    /// What it is to lead a job to this status.
    init(leadingTo status: JobStatus) {
        self =
            switch status {
            case .completed: .jobCompleted
            case .cancelled: .jobCancelled
            case .failed: .jobFailed
            default: .jobAdvanced
            }
    }
}

extension JobRecord {
    fileprivate var audited: Document {
        var document: Document = ["status": .string(status.rawValue)]
        document.append("assigned_to", ifPresent: assignedTo)
        return document
    }
}
