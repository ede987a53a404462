import BSON
import FoundationEssentials
import RoadsideRules

/// One provider's chance at one job: a document of `offers`. A provider has at most one per job and attempt.
struct Offer: Sendable {
    enum State: String, Sendable {
        case offered, accepted, declined, expired, withdrawn, released
    }

    var id: ObjectID
    let jobID: ObjectID
    let providerID: ObjectID
    let attempt: Int
    let mode: DispatchMode
    let state: State
    let distanceMetres: Double?
    let sentAt: Date
    let expiresAt: Date
}

extension Offer {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id"), let jobID: ObjectID = document.get("job_id"),
            let providerID: ObjectID = document.get("provider_id"),
            let state = document.get("state").flatMap(State.init(rawValue:)),
            let mode = document.get("mode").flatMap(DispatchMode.init(rawValue:)),
            let sentAt: Date = document.get("sent_at"), let expiresAt: Date = document.get("expires_at")
        else { return nil }
        self.id = id
        self.jobID = jobID
        self.providerID = providerID
        attempt = document.get("attempt") ?? 1
        self.mode = mode
        self.state = state
        distanceMetres = document.get("distance_m")
        self.sentAt = sentAt
        self.expiresAt = expiresAt
    }

    var document: Document {
        var document: Document = [
            "_id": .id(id), "job_id": .id(jobID), "provider_id": .id(providerID), "attempt": .int64(Int64(attempt)),
            "mode": .string(mode.rawValue), "state": .string(state.rawValue), "sent_at": .date(sentAt),
            "expires_at": .date(expiresAt), "created_at": .date(sentAt), "updated_at": .date(sentAt),
        ]
        document.append("distance_m", ifPresent: distanceMetres)
        return document
    }

    /// Not answered.
    static let isOpen: Document = ["state": "offered"]

    /// Not answered, and still in time by the database's clock, which is the clock of every offer: a server whose own
    /// clock is off can neither lengthen nor shorten anybody's window.
    static let isLive: Document = ["state": "offered", "$expr": ["$gt": ["$expires_at", "$$NOW"]]]
    static let isOverdue: Document = ["state": "offered", "$expr": ["$lte": ["$expires_at", "$$NOW"]]]
}

extension Document {
    /// Both conditions at once; neither may repeat a key of the other.
    func and(_ other: Document) -> Document {
        var both = self
        both.append(contentsOf: other)
        return both
    }
}
