public import BSON
public import FoundationEssentials
public import RoadsideRules

/// A call for help in danger: a document of `emergency_alerts`. A person has one live alert at most.
public struct EmergencyAlert: Sendable, Hashable {
    /// One thing that happened to it.
    public struct Entry: Sendable, Hashable {
        public enum What: String, Sendable, CaseIterable {
            case raised, repeated, acknowledged, resolved
        }

        public let what: What
        public let at: Date
        public let by: ObjectID
        public let note: String?
    }

    public let id: ObjectID
    public let userID: ObjectID
    /// The name of who is in danger.
    public let name: String
    public let role: Role
    /// The job it is about, if he named one.
    public let jobID: ObjectID?
    public let jobNumber: Int64?
    public let state: EmergencyState
    /// Where he is, if he said so.
    public let location: GeoPoint?
    public let message: String?
    /// Oldest first.
    public let timeline: [Entry]
    public let createdAt: Date
    public let updatedAt: Date
    /// When everybody was told last.
    let toldAt: Date
    /// Trusted contacts who were told.
    let contacts: [ObjectID]
    /// Who is still to be told what, in the order of their ids.
    let untold: [EmergencyNotice]
}

/// Something that one person is still to be told of an alert.
struct EmergencyNotice: Sendable, Hashable {
    enum What: String, Sendable {
        /// To staff, who are to do something.
        case raised
        /// To a trusted contact.
        case contact
        /// To a trusted contact who was told of it.
        case over
    }

    let recipient: ObjectID
    let what: What
}

/// What somebody says who calls for help.
public struct EmergencyCall: Sendable {
    /// A job of his, in whatever state.
    public var job: Reference?
    public var location: GeoPoint?
    public var message: String?

    public init(job: Reference? = nil, location: GeoPoint? = nil, message: String? = nil) {
        self.job = job
        self.location = location
        self.message = message
    }
}

extension EmergencyAlert {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id"), let userID: ObjectID = document.get("user_id"),
            let state = document.get("state").flatMap(EmergencyState.init(rawValue:)),
            let createdAt: Date = document.get("created_at")
        else { return nil }
        self.id = id
        self.userID = userID
        self.state = state
        self.createdAt = createdAt
        name = document.get("name") ?? ""
        role = document.get("role").flatMap(Role.init(rawValue:)) ?? .customer
        jobID = document.get("job_id")
        jobNumber = document.get("job_number")
        location = GeoPoint(geoJSON: document.get("location"))
        message = document.get("message")
        timeline = (document.get("timeline", as: [Document].self) ?? []).compactMap(Entry.init)
        updatedAt = document.get("updated_at") ?? createdAt
        toldAt = document.get("told_at") ?? createdAt
        contacts = document.get("contacts_notified") ?? []
        untold = (document.get("untold", as: [Document].self) ?? []).compactMap(EmergencyNotice.init)
    }

    /// The words every row about this alert has in common; where the person is goes to everybody who is told.
    func body(_ message: String) -> InboxBody {
        var body = InboxBody(message: message)
        body.emergencyID = id
        body.title = name
        body.text = self.message
        body.actor = role
        body.pickup = location.map { Place(point: $0, address: "") }
        body.topic = "emergency"
        return body
    }
}

extension EmergencyAlert.Entry {
    init?(_ document: Document) {
        guard let what = document.get("what").flatMap(What.init(rawValue:)), let at: Date = document.get("at"),
            let by: ObjectID = document.get("by")
        else { return nil }
        self.init(what: what, at: at, by: by, note: document.get("note"))
    }

    var document: Document {
        var document: Document = ["what": .string(what.rawValue), "at": .date(at), "by": .id(by)]
        document.append("note", ifPresent: note)
        return document
    }
}

extension EmergencyNotice {
    init?(_ document: Document) {
        guard let recipient: ObjectID = document.get("to"),
            let what = document.get("what").flatMap(What.init(rawValue:))
        else { return nil }
        self.init(recipient: recipient, what: what)
    }

    var document: Document { ["to": .id(recipient), "what": .string(what.rawValue)] }
}
