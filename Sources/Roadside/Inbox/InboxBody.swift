public import BSON
public import FoundationEssentials
public import RoadsideRules

/// What an inbox row says, in canonical words: enough for any dialect to render its frame without another read.
public struct InboxBody: Sendable, Hashable {
    /// One side of a job, as much of it as the other side may see before and after acceptance: never a phone number.
    public struct Party: Sendable, Hashable {
        public var id: ObjectID
        public var number: Int64
        public var name: String

        public init(id: ObjectID, number: Int64, name: String) {
            self.id = id
            self.number = number
            self.name = name
        }
    }

    /// A key that dialects translate into their own sentence, e.g. `job.accepted`, `offer.new`.
    public var message: String
    public var jobID: ObjectID?
    public var jobNumber: Int64?
    public var status: JobStatus?
    public var serviceType: String?
    public var pickup: Place?
    public var destination: Place?
    public var estimate: Money?
    public var customer: Party?
    public var provider: Party?
    /// Who moved the job; nil when it was the system.
    public var actor: Role?
    public var reason: String?
    /// Why the job failed.
    public var failure: JobFailure?
    public var offerID: ObjectID?
    public var offerExpiresAt: Date?
    /// Provider to pickup in a straight line, kilometres.
    public var distanceKm: Double?
    /// The one session that ended, of a row of kind `session`; nil when all of them did.
    public var sessionID: ObjectID?
    /// Headline and text of a row of kind `message`.
    public var title: String?
    public var text: String?
    /// What apps sort such rows by, and who wrote them; nil for the system.
    public var topic: String?
    public var senderID: ObjectID?

    /// The message of a chat, and its place among those of its job.
    public var messageID: ObjectID?
    public var messageSeq: Int64?
    /// The alert of a row of kind `emergency`.
    public var emergencyID: ObjectID?
    /// Of a review.
    public var stars: Int?

    public init(message: String) {
        self.message = message
    }
}

extension InboxBody {
    public init(title: String, text: String, message: String = "message") {
        self.message = message
        self.title = title
        self.text = text
    }

    public init(_ document: Document) {
        message = document.get("message") ?? ""
        jobID = document.get("job_id")
        jobNumber = document.get("job_number")
        status = document.get("status").flatMap(JobStatus.init(rawValue:))
        serviceType = document.get("service_type")
        pickup = Place(document.get("pickup"))
        destination = Place(document.get("destination"))
        estimate = Money(document.get("estimate"))
        customer = Party(document.get("customer"))
        provider = Party(document.get("provider"))
        actor = document.get("by").flatMap(Role.init(rawValue:))
        reason = document.get("reason")
        failure = document.get("failure").flatMap(JobFailure.init(rawValue:))
        offerID = document.get("offer_id")
        offerExpiresAt = document.get("offer_expires_at")
        distanceKm = document.get("distance_km")
        sessionID = document.get("session_id")
        title = document.get("title")
        text = document.get("text")
        topic = document.get("topic")
        senderID = document.get("sender_id")
        messageID = document.get("message_id")
        messageSeq = document.get("message_seq")
        emergencyID = document.get("emergency_id")
        stars = document.get("stars")
    }

    /// The stored form: what is absent here is absent there.
    public var document: Document {
        var document: Document = ["message": .string(message)]
        document.append("job_id", ifPresent: jobID)
        document.append("job_number", ifPresent: jobNumber)
        document.append("status", ifPresent: status?.rawValue)
        document.append("service_type", ifPresent: serviceType)
        document.append("pickup", ifPresent: pickup?.document)
        document.append("destination", ifPresent: destination?.document)
        document.append("estimate", ifPresent: estimate?.document)
        document.append("customer", ifPresent: customer?.document)
        document.append("provider", ifPresent: provider?.document)
        document.append("by", ifPresent: actor?.rawValue)
        document.append("reason", ifPresent: reason)
        document.append("failure", ifPresent: failure?.rawValue)
        document.append("offer_id", ifPresent: offerID)
        document.append("offer_expires_at", ifPresent: offerExpiresAt)
        document.append("distance_km", ifPresent: distanceKm)
        document.append("title", ifPresent: title)
        document.append("text", ifPresent: text)
        document.append("topic", ifPresent: topic)
        document.append("sender_id", ifPresent: senderID)
        document.append("message_id", ifPresent: messageID)
        document.append("message_seq", ifPresent: messageSeq)
        document.append("emergency_id", ifPresent: emergencyID)
        document.append("stars", ifPresent: stars)
        return document
    }
}

extension InboxBody.Party {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("id") else { return nil }
        self.init(id: id, number: document.get("number") ?? 0, name: document.get("name") ?? "")
    }

    var document: Document { ["id": .id(id), "number": .int64(number), "name": .string(name)] }
}
