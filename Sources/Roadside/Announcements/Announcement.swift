public import BSON
public import FoundationEssentials
public import RoadsideRules

/// Who is to be told.
public enum Audience: Sendable, Hashable {
    /// Everybody whose account is switched on.
    case everybody
    case role(Role)
    case people([Reference])
    /// Providers who are so near, on duty or not, by their last known position.
    case area(GeoPoint, radiusKm: Double)
}

/// A message to many, as an admin asks for it.
public struct AnnouncementDraft: Sendable {
    /// 1 to 64 of `A–Z a–z 0–9 . _ -`. The same again is the same announcement.
    public var key: String
    /// The code of a ``RoadsideRules/MessageTemplate``.
    public var template: String
    public var values: [String: TemplateValue]
    public var audience: Audience

    public init(key: String, template: String, values: [String: TemplateValue], audience: Audience) {
        self.key = key
        self.template = template
        self.values = values
        self.audience = audience
    }
}

/// A message to many on its way: a document of `announcements`, which knows how far it has come.
public struct Announcement: Sendable, Hashable {
    public enum State: String, Sendable, CaseIterable { case running, finished }

    public enum Group: Sendable, Hashable {
        case everybody
        case role(Role)
        /// Named, or found in an area when it began; in the order of their ids.
        case people([ObjectID])
    }

    public let id: ObjectID
    public let key: String
    public let template: String
    public let title: String
    public let text: String
    public let topic: String
    public let group: Group
    public let state: State
    /// How many there were to be told when it began.
    public let recipients: Int
    public let told: Int
    public let author: ObjectID
    public let createdAt: Date
    public let finishedAt: Date?
    /// Whoever comes up to this one in the order of ids has been told.
    let cursor: ObjectID?
}

extension Announcement {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id"), let key: String = document.get("key"),
            let author: ObjectID = document.get("created_by"), let createdAt: Date = document.get("created_at"),
            let state = document.get("state").flatMap(State.init(rawValue:)),
            let group = Group(document.get("group") ?? [:])
        else { return nil }
        self.id = id
        self.key = key
        self.author = author
        self.createdAt = createdAt
        self.state = state
        self.group = group
        template = document.get("template") ?? ""
        title = document.get("title") ?? ""
        text = document.get("text") ?? ""
        topic = document.get("topic") ?? ""
        recipients = document.get("recipients") ?? 0
        told = document.get("told") ?? 0
        finishedAt = document.get("finished_at")
        cursor = document.get("cursor")
    }

    /// As it is stored before anybody has been told.
    ///
    /// - Parameter request: what was asked for, by which a repetition is known.
    func document(request: Document) -> Document {
        [
            "_id": .id(id), "key": .string(key), "request": .document(request), "template": .string(template),
            "title": .string(title), "text": .string(text), "topic": .string(topic),
            "group": .document(group.document), "state": .string(state.rawValue), "recipients": .int(recipients),
            "told": 0, "created_by": .id(author), "created_at": .date(createdAt), "next_at": .date(createdAt),
        ]
    }
}

extension Announcement.Group {
    init?(_ document: Document) {
        switch document.get("kind", as: String.self) {
        case "everybody": self = .everybody
        case "role":
            guard let role = document.get("role").flatMap(Role.init(rawValue:)) else { return nil }
            self = .role(role)
        case "people": self = .people(document.get("ids") ?? [])
        default: return nil
        }
    }

    var document: Document {
        switch self {
        case .everybody: ["kind": "everybody"]
        case .role(let role): ["kind": "role", "role": .string(role.rawValue)]
        case .people(let ids): ["kind": "people", "ids": .array(ids.map(BSONValue.id))]
        }
    }
}
