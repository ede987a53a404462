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
        var listed = try caller.listCondition(on: .job, toDo: "list jobs")
        if !filter.statuses.isEmpty {
            listed.append("status", ["$in": .array(filter.statuses.map { .string($0.rawValue) })])
        }
        listed.append("service_type", ifPresent: filter.serviceType)

        let page = try await store.page(store.services, listed, request)
        let jobs = try await reader.jobs(page.items.compactMap(JobRecord.init).map { ($0, nil) }, for: caller)
        return page.replacing(jobs)
    }

    /// What belongs to the caller in one list: on the first page of a provider first the open jobs that he is offered, then
    /// for everybody ``history(_:_:filter:)``.
    public func listed(for caller: Caller, _ request: PageRequest) async throws(RoadsideError) -> [Job] {
        let isFirst = request.page == 1 && request.cursor == nil
        let open = caller.role == .provider && isFirst ? try await available(to: caller) : []
        return open + (try await history(caller, request)).items
    }

    /// The caller's own jobs that are not over, newest first, at most a hundred: asked for or held. Who neither asks for
    /// jobs nor takes them has none.
    public func current(of caller: Caller) async throws(RoadsideError) -> [Job] {
        guard case .ownedBy = AccessRules.claim(of: caller.role, on: .job) else { return [] }
        let own = caller.condition(on: .job)
        let open = JobStatus.allCases.filter(\.isOpen).map { BSONValue.string($0.rawValue) }
        let documents = try await store.database { () async throws(MongoError) in
            try await store.services.find(
                own.and(["status": ["$in": .array(open)]]), sort: ["created_at": -1, "_id": -1], limit: 100)
        }
        return try await reader.jobs(documents.compactMap(JobRecord.init).map { ($0, nil) }, for: caller)
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
