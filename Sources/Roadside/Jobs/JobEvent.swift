public import BSON
public import FoundationEssentials
public import RoadsideRules

/// One step in the life of a job, as it is kept on the job.
public struct JobEvent: Sendable, Hashable {
    /// Its place in the job's story, from 1, without gaps.
    public let seq: Int
    public let at: Date
    public let status: JobStatus
    /// Who moved it; nil when it was the system.
    public let by: Role?
    public let actor: ObjectID?
    public let reason: String?
    /// The search it began, as offers count them; 0 when the first was put off. nil for an event that began none.
    let attempt: Int?

    init(
        seq: Int, at: Date, status: JobStatus, by actor: Actor, reason: String? = nil, attempt: Int? = nil
    ) {
        self.seq = seq
        self.at = at
        self.status = status
        by = actor.role
        self.actor = actor.userID
        self.reason = reason
        self.attempt = attempt
    }

    /// - Parameter seq: of a document that does not say, because it is older than the numbers are.
    init?(_ document: Document, seq: Int) {
        guard let at: Date = document.get("at"), let status = document.get("status").flatMap(JobStatus.init(rawValue:))
        else { return nil }
        self.seq = document.get("seq") ?? seq
        self.at = at
        self.status = status
        by = document.get("by").flatMap(Role.init(rawValue:))
        actor = document.get("actor_id")
        reason = document.get("reason")
        attempt = document.get("attempt")
    }

    /// In their order.
    static func list(_ documents: [Document]) -> [JobEvent] {
        documents.reduce(into: []) { events, document in
            if let event = JobEvent(document, seq: (events.last?.seq ?? 0) + 1) { events.append(event) }
        }
    }

    var document: Document {
        var document: Document = [
            "seq": .int32(Int32(clamping: seq)), "at": .date(at), "status": .string(status.rawValue),
        ]
        document.append("by", ifPresent: by?.rawValue)
        document.append("actor_id", ifPresent: actor)
        document.append("reason", ifPresent: reason)
        document.append("attempt", ifPresent: attempt)
        return document
    }

    /// As `job_events` keeps it.
    func document(of job: ObjectID) -> Document {
        let place: Document = ["_id": .id(ObjectID()), "job_id": .id(job)]
        return place.and(document)
    }
}
