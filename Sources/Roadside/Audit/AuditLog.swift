public import BSON
public import FoundationEssentials
import Mongo
import RoadsideRules

/// Which lines of the audit log are wanted; nil means all.
public struct AuditFilter: Sendable, Hashable {
    public var actor: ObjectID?
    public var subject: ObjectID?
    public var action: AuditAction?
    /// The first moment that is wanted.
    public var since: Date?
    /// The first one that is not wanted any more.
    public var until: Date?

    public init(
        actor: ObjectID? = nil, subject: ObjectID? = nil, action: AuditAction? = nil, since: Date? = nil,
        until: Date? = nil
    ) {
        self.actor = actor
        self.subject = subject
        self.action = action
        self.since = since
        self.until = until
    }
}

/// What staff have done. Each line is written in the transaction of what it tells of, so neither is there without the
/// other; none is ever changed, and none leaves; only from where somebody did it goes with his account.
public struct AuditLog: Sendable {
    static let collection = "audit_log"

    private let dependencies: Dependencies
    private var store: Store { dependencies.store }

    init(_ dependencies: Dependencies) { self.dependencies = dependencies }

    /// Lines, newest first.
    ///
    /// - Throws: `FORBIDDEN` for anybody but an admin; `VALIDATION_ERROR` for a cursor that is none of ours.
    public func page(
        _ filter: AuditFilter, _ request: PageRequest, for caller: Caller
    ) async throws(RoadsideError) -> Page<AuditEntry> {
        try caller.require(.admin, toDo: "read the audit log")
        let page = try await store.page(store.auditLog, filter.document, request)
        return page.replacing(try await entries(page.items))
    }

    func entries(_ documents: [Document]) async throws(RoadsideError) -> [AuditEntry] {
        let ids = Set(documents.compactMap { $0.get("actor_id", as: ObjectID.self) }).sorted()
        var people: [ObjectID: Document] = [:]
        if !ids.isEmpty {
            let users = try await store.database { () async throws(MongoError) in
                try await store.users.find(
                    ["_id": ["$in": .array(ids.map(BSONValue.id))]], projection: ["number": 1, "name": 1],
                    limit: ids.count)
            }
            for user in users {
                if let id: ObjectID = user.get("_id") { people[id] = user }
            }
        }
        return documents.compactMap { AuditEntry($0, people: people) }
    }
}

extension AuditFilter {
    fileprivate var document: Document {
        var document = Document()
        document.append("actor_id", ifPresent: actor)
        document.append("subject_id", ifPresent: subject)
        document.append("action", ifPresent: action?.rawValue)
        var times = Document()
        times.append("$gte", ifPresent: since)
        times.append("$lt", ifPresent: until)
        if !times.isEmpty { document.append("created_at", .document(times)) }
        return document
    }
}
