public import BSON
public import FoundationEssentials
public import RoadsideRules

/// One step in the life of a job, as it is kept on the job.
public struct JobEvent: Sendable, Hashable {
    public let at: Date
    public let status: JobStatus
    /// Who moved it; nil when it was the system.
    public let by: Role?
    public let actor: ObjectID?
    public let reason: String?

    init(at: Date, status: JobStatus, by actor: Actor, reason: String? = nil) {
        self.at = at
        self.status = status
        by = actor.role
        self.actor = actor.userID
        self.reason = reason
    }

    init?(_ document: Document) {
        guard let at: Date = document.get("at"), let status = document.get("status").flatMap(JobStatus.init(rawValue:))
        else { return nil }
        self.at = at
        self.status = status
        by = document.get("by").flatMap(Role.init(rawValue:))
        actor = document.get("actor_id")
        reason = document.get("reason")
    }

    var document: Document {
        var document: Document = ["at": .date(at), "status": .string(status.rawValue)]
        document.append("by", ifPresent: by?.rawValue)
        document.append("actor_id", ifPresent: actor)
        document.append("reason", ifPresent: reason)
        return document
    }
}
