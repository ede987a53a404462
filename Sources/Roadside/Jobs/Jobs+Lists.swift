import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension Jobs {
    /// The caller's own jobs, newest first: asked for, held, or, for staff, everybody's.
    ///
    /// - Throws: `VALIDATION_ERROR` for a cursor that is none of ours.
    public func history(
        _ caller: Caller, _ request: PageRequest, filter: JobFilter = JobFilter()
    ) async throws(RoadsideError) -> Page<Job> {
        var listed: Document
        switch caller.role {
        case .customer: listed = ["customer_id": .id(caller.userID)]
        case .provider: listed = ["assigned_to": .id(caller.userID)]
        case .dispatcher, .admin: listed = [:]
        case .partner: throw RoadsideError(.forbidden, "Your role may not list jobs.")
        }
        if !filter.statuses.isEmpty {
            listed.append("status", ["$in": .array(filter.statuses.map { .string($0.rawValue) })])
        }
        listed.append("service_type", ifPresent: filter.serviceType)

        var slice = listed
        if let cursor = request.cursor {
            guard let position = Position(cursor) else { throw .foreignCursor }
            slice.append("$or", .array(position.older.map(BSONValue.document)))
        }
        let all = listed
        let some = slice
        let (documents, total) = try await store.database { () async throws(MongoError) in
            let documents = try await store.services.find(
                some, sort: ["created_at": -1, "_id": -1], skip: request.skip, limit: request.perPage + 1)
            return (documents, try await store.services.count(all))
        }
        let records = documents.prefix(request.perPage).compactMap(JobRecord.init)
        let isLast = documents.count <= request.perPage
        return Page(
            items: try await reader.jobs(records.map { ($0, nil) }, for: caller), page: request.page,
            perPage: request.perPage, total: total,
            nextCursor: isLast ? nil : records.last.map { Position($0).text })
    }

    /// The open jobs this provider is being offered, the oldest offer first.
    ///
    /// - Throws: `FORBIDDEN` for anybody but a provider.
    public func available(to caller: Caller) async throws(RoadsideError) -> [Job] {
        try caller.require(.provider, toDo: "take jobs")
        let his: Document = ["provider_id": .id(caller.userID)]
        let live = his.and(Offer.isLive)
        let offers = try await store.database { () async throws(MongoError) in
            try await store.offers.find(live, sort: ["sent_at": 1, "_id": 1], limit: 100)
        }.compactMap(Offer.init)
        let open: Document = ["_id": ["$in": .array(offers.map { .id($0.jobID) })], "status": "matching"]
        let documents = try await store.database { () async throws(MongoError) in try await store.services.find(open) }
        let records = Dictionary(documents.compactMap(JobRecord.init).map { ($0.id, $0) }) { first, _ in first }
        return try await reader.jobs(
            offers.compactMap { offer in records[offer.jobID].map { ($0, offer) } }, for: caller)
    }
}

extension Jobs {
    /// A place in a list sorted by time and then id, newest first.
    fileprivate struct Position {
        let createdAt: Date
        let id: ObjectID

        init(_ record: JobRecord) {
            createdAt = record.createdAt
            id = record.id
        }

        /// nil for any text that `text` never wrote.
        init?(_ text: String) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let milliseconds = Int64(parts[0]), let id = ObjectID(String(parts[1])),
                abs(milliseconds) < 1 << 50
            else { return nil }
            createdAt = Date(millisecondsSince1970: milliseconds)
            self.id = id
        }

        var text: String { "\(createdAt.millisecondsSince1970).\(id)" }

        var older: [Document] {
            [
                ["created_at": ["$lt": .date(createdAt)]],
                ["created_at": .date(createdAt), "_id": ["$lt": .id(id)]],
            ]
        }
    }
}
