public import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// Messages to many. Asking for one costs the same however many there are to be told; the telling is done behind it, a few
/// at a time, by whichever server comes to it (`Announcements+Telling.swift`).
public struct Announcements: Sendable {
    let dependencies: Dependencies
    let inbox: Inbox
    let bell = Wakeup()

    init(_ dependencies: Dependencies, inbox: Inbox) {
        self.dependencies = dependencies
        self.inbox = inbox
    }

    var store: Store { dependencies.store }

    /// Begins to tell. The same draft under the same key is the announcement that has begun already, whoever asks.
    ///
    /// - Throws: `FORBIDDEN` for anybody but an admin; `VALIDATION_ERROR` with every issue: values by the names of their
    ///   parameters, people who do not exist; `CONFLICT` for a key under which something else was told;
    ///   `RATE_LIMITED` for who has begun twenty within an hour.
    public func start(_ draft: AnnouncementDraft, by caller: Caller) async throws(RoadsideError) -> Announcement {
        try caller.require(.admin, toDo: "write to people")
        let (template, message) = try Self.checked(draft)
        let request = draft.document
        if let known = try await announcement(under: draft.key, for: request) { return known }
        try await SenderBudget.announcements.take(by: caller.userID, dependencies)

        let (group, recipients) = try await group(of: draft.audience)
        // Both are compared in milliseconds.
        let now = dependencies.now().truncatedToMilliseconds
        let announcement = Announcement(
            id: ObjectID(), key: draft.key, template: template.code, title: message.title, text: message.text,
            topic: template.topic, group: group, state: .running, recipients: recipients, told: 0,
            author: caller.userID, createdAt: now, finishedAt: nil, cursor: nil)
        do {
            try await store.transaction { transaction in
                try transaction.announcements.insert(announcement.document(request: request))
                try transaction.audit(
                    AuditEvent(
                        action: .announcementStarted, subject: AuditSubject(.announcement, announcement.id),
                        after: [
                            "template": .string(template.code), "title": .string(message.title),
                            "audience": .string(draft.audience.word), "recipients": .int(recipients),
                        ]),
                    by: AuditAuthor(caller), at: now)
            }
        } catch  where error.code == .conflict {
            // Somebody was quicker under this key.
            guard let known = try await self.announcement(under: draft.key, for: request) else { throw error }
            return known
        }
        bell.ring()
        return announcement
    }

    /// - Throws: `FORBIDDEN` for anybody but an admin; `NOT_FOUND`.
    public func announcement(_ id: ObjectID, for caller: Caller) async throws(RoadsideError) -> Announcement {
        try caller.require(.admin, toDo: "see announcements")
        let document = try await store.database { () async throws(MongoError) in
            try await store.announcements.findOne(["_id": .id(id)], projection: Self.shown)
        }
        guard let announcement = Announcement(document) else { throw .notFound("Announcement") }
        return announcement
    }

    /// Newest first.
    ///
    /// - Throws: `FORBIDDEN` for anybody but an admin; `VALIDATION_ERROR` for a cursor that is none of ours.
    public func all(_ request: PageRequest, for caller: Caller) async throws(RoadsideError) -> Page<Announcement> {
        try caller.require(.admin, toDo: "see announcements")
        let page = try await store.page(store.announcements, [:], request, projection: Self.shown)
        return page.replacing(page.items.compactMap(Announcement.init))
    }

    /// Without the ids of thousands whom it names, which nobody is shown.
    private static let shown: Document = ["group.ids": 0, "request": 0]

    private func announcement(
        under key: String, for request: Document
    ) async throws(RoadsideError) -> Announcement? {
        let document = try await store.database { () async throws(MongoError) in
            try await store.announcements.findOne(["key": .string(key)])
        }
        guard let document, let announcement = Announcement(document) else { return nil }
        guard document.get("request", as: Document.self) == request else {
            throw RoadsideError(.conflict, "Something else was told under this key; take another one.")
        }
        bell.ring()
        return announcement
    }

    private static func checked(
        _ draft: AnnouncementDraft
    ) throws(RoadsideError) -> (MessageTemplate, (title: String, text: String)) {
        var issues: [FieldIssue] = []
        if !isKey(draft.key) {
            issues.append(FieldIssue(name: "key", message: "Use 1 to 64 letters, digits and . _ -"))
        }
        if case .area(_, let radius) = draft.audience, !(0.1...100).contains(radius) {
            issues.append(FieldIssue(name: "audience.area.radius_km", message: "must be between 0.1 and 100"))
        }
        guard let template = MessageTemplate.named(draft.template) else {
            let codes = MessageTemplate.all.map(\.code).joined(separator: ", ")
            throw .validation(issues + [FieldIssue(name: "template", message: "must be one of \(codes)")])
        }
        do {
            let message = try template.filled(with: draft.values)
            guard issues.isEmpty else { throw RoadsideError.validation(issues) }
            return (template, message)
        } catch let faults as TemplateFaults {
            throw .validation(
                issues + faults.faults.map { FieldIssue(name: "parameters.\($0.name)", message: $0.message) })
        } catch {
            throw RoadsideError(any: error)
        }
    }

    private static func isKey(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                    || "._-".unicodeScalars.contains(scalar)
            }
    }
}

// Who they are.
extension Announcements {
    private func group(
        of audience: Audience
    ) async throws(RoadsideError) -> (group: Announcement.Group, recipients: Int) {
        switch audience {
        case .everybody: return (.everybody, try await count(Self.switchedOn))
        case .role(let role):
            return (.role(role), try await count(["roles": .string(role.rawValue), "is_active": ["$ne": false]]))
        case .people(let references):
            let ids = try await ids(of: references)
            return (.people(ids), ids.count)
        case .area(let center, let radiusKm):
            let ids = try await providers(around: center, radiusKm)
            return (.people(ids), ids.count)
        }
    }

    private func count(_ filter: Document) async throws(RoadsideError) -> Int {
        try await store.database { () async throws(MongoError) in try await store.users.count(filter) }
    }

    static let switchedOn: Document = ["is_active": ["$ne": false]]

    private func ids(of references: [Reference]) async throws(RoadsideError) -> [ObjectID] {
        guard (1...Self.mostNamed).contains(references.count) else {
            throw .validation([FieldIssue(name: "audience.ids", message: "Name 1 to \(Self.mostNamed) people.")])
        }
        var (ids, numbers): ([BSONValue], [BSONValue]) = ([], [])
        for reference in references {
            switch reference {
            case .id(let id): ids.append(.id(id))
            case .number(let number): numbers.append(.int64(number))
            }
        }
        let named: [Document] = [["_id": ["$in": .array(ids)]], ["number": ["$in": .array(numbers)]]]
        let users = try await store.database { () async throws(MongoError) in
            try await store.users.find(
                ["$or": .array(named.map(BSONValue.document))], projection: ["number": 1], limit: references.count)
        }
        var (found, known): (Set<ObjectID>, Set<Reference>) = ([], [])
        for user in users {
            guard let id: ObjectID = user.get("_id") else { continue }
            found.insert(id)
            known.insert(.id(id))
            if let number: Int64 = user.get("number") { known.insert(.number(number)) }
        }
        guard references.allSatisfy(known.contains) else {
            throw .validation([FieldIssue(name: "audience.ids", message: "Somebody among them does not exist.")])
        }
        return found.sorted()
    }

    /// Each half has an index of its own.
    private func providers(around center: GeoPoint, _ radiusKm: Double) async throws(RoadsideError) -> [ObjectID] {
        let circle: BSONValue = [
            "$geoWithin": [
                "$centerSphere": [
                    [.double(center.longitude), .double(center.latitude)],
                    .double(radiusKm * 1000 / GeoPoint.earthRadiusMetres),
                ]
            ]
        ]
        var ids: Set<ObjectID> = []
        for isDispatchable in [true, false] {
            let profiles = try await store.database { () async throws(MongoError) in
                try await store.mechanics.find(
                    ["dispatchable": .bool(isDispatchable), "location": circle], projection: ["_id": 1],
                    limit: Self.mostAround)
            }
            ids.formUnion(profiles.compactMap { $0.get("_id", as: ObjectID.self) })
        }
        guard ids.count < Self.mostAround else {
            throw .validation([FieldIssue(name: "audience.area", message: "There are too many there; take less.")])
        }
        return ids.sorted()
    }

    private static let mostNamed = 1000
    /// Their ids have room in one document. Ours.
    private static let mostAround = 50_000
}

extension Audience {
    /// Its kind, for the audit log.
    fileprivate var word: String {
        switch self {
        case .everybody: "everybody"
        case .role(let role): role.rawValue
        case .people: "people"
        case .area: "area"
        }
    }

    fileprivate var document: Document {
        switch self {
        case .everybody: ["kind": "everybody"]
        case .role(let role): ["kind": "role", "role": .string(role.rawValue)]
        case .people(let references):
            ["kind": "people", "ids": .array(references.map { .string("\($0)") }.sortedByText)]
        case .area(let center, let radius):
            [
                "kind": "area", "latitude": .double(center.latitude), "longitude": .double(center.longitude),
                "radius_km": .double(radius),
            ]
        }
    }
}

extension [BSONValue] {
    fileprivate var sortedByText: [BSONValue] { sorted { "\($0)" < "\($1)" } }
}

extension AnnouncementDraft {
    /// What is asked for, the same whatever order it was said in.
    fileprivate var document: Document {
        let values = values.sorted { $0.key < $1.key }.map { name, value -> (String, BSONValue) in
            switch value {
            case .text(let text): (name, .string(text))
            case .number(let number): (name, .int64(number))
            case .other: (name, .null)
            }
        }
        return [
            "template": .string(template), "values": .document(Document(fields: values)),
            "audience": .document(audience.document),
        ]
    }
}
