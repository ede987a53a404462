import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// What dispatchers do: look at the jobs that wait, give several away at once, choose how a job is searched for, and ask
/// why a search asked whom.
public struct DispatchDesk: Sendable {
    private let dependencies: Dependencies
    private let jobs: Jobs
    private let dispatch: Dispatch
    private var store: Store { dependencies.store }

    init(_ dependencies: Dependencies, jobs: Jobs, dispatch: Dispatch) {
        self.dependencies = dependencies
        self.jobs = jobs
        self.dispatch = dispatch
    }

    /// The decisions about one job, oldest first.
    ///
    /// - Parameter cursor: `nextCursor` of the slice before.
    /// - Throws: `NOT_FOUND`, `VALIDATION_ERROR` for a cursor that is none of ours, `FORBIDDEN` for anybody but staff.
    public func trace(
        of reference: Reference, after cursor: String? = nil, limit: Int = PageRequest.defaultSize, for caller: Caller
    ) async throws(RoadsideError) -> (job: Job, traces: [DispatchTrace], nextCursor: String?) {
        try caller.require(.admin, .dispatcher, toDo: "see why a search asked whom")
        let job = try await jobs.job(reference, for: caller)
        let after = try cursor.map { text throws(RoadsideError) in
            guard let id = ObjectID(text) else { throw RoadsideError.foreignCursor }
            return id
        }
        let found = try await dispatch.traces.traces(of: job.id, after: after, limit: limit + 1)
        let page = Array(found.prefix(limit))
        return (job, page, found.count > limit ? page.last?.id.hex : nil)
    }

    /// The jobs that are searched for, the oldest first, each with the best of those who could come, and a proposal that
    /// gives as many of them away as can be, at the least sum of costs.
    ///
    /// - Throws: `FORBIDDEN` for anybody but staff.
    public func board(limit: Int = PageRequest.defaultSize, for caller: Caller) async throws(RoadsideError) -> [Waiting]
    {
        try caller.require(.admin, .dispatcher, toDo: "see the jobs that wait")
        let now = dependencies.now().truncatedToMilliseconds
        let documents = try await store.database { () async throws(MongoError) in
            try await store.services.find(
                ["status": "matching"], sort: ["created_at": 1, "_id": 1],
                limit: min(max(limit, 1), AssignmentRules.mostJobs))
        }
        let records = documents.compactMap(JobRecord.init)
        var results: [CandidateSearch.Result] = []
        for record in records {
            results.append(
                try await dispatch.candidates.candidates(
                    for: record, within: dispatch.plan(for: record).plan.maxKm * 1000, asked: [],
                    limit: Self.mostSuggestions * 2, at: now))
        }
        let proposal = DispatchRound(
            zip(records, results).map { .init(job: $0.id, ranked: $1.ranked) }, matching: .assignment)
        let views = try await jobs.reader.jobs(records.map { ($0, nil) }, for: caller)
        return zip(zip(records, results), views).map { pair, view in
            let (record, result) = pair
            let suggestions = result.ranked.map { ranked in
                Suggestion(
                    ranked: ranked, name: result.profiles[ranked.candidate.id]?.name ?? "",
                    isProposed: proposal.choices[record.id] == ranked.candidate.id)
            }
            // The proposal is always shown, however far down the list it stands.
            let shown = suggestions.enumerated().filter { $0.offset < Self.mostSuggestions || $0.element.isProposed }
            return Waiting(job: view, mode: record.search.mode, suggestions: shown.map(\.element))
        }
    }

    /// Gives several jobs away, one after the other: what cannot be done is told for its own item and hinders no other.
    ///
    /// - Returns: an outcome for each item, in order.
    /// - Throws: `VALIDATION_ERROR` for none or more than a hundred items, `FORBIDDEN` for anybody but staff.
    public func commit(
        _ items: [(job: Reference, provider: Reference)], by caller: Caller
    ) async throws(RoadsideError) -> [Result<Job, RoadsideError>] {
        try caller.require(.admin, .dispatcher, toDo: "give jobs away")
        guard (1...Self.mostItems).contains(items.count) else {
            throw .validation([FieldIssue(name: "assignments", message: "From 1 to \(Self.mostItems) items.")])
        }
        var outcomes: [Result<Job, RoadsideError>] = []
        for item in items {
            do throws(RoadsideError) {
                outcomes.append(.success(try await jobs.assign(item.job, provider: item.provider, by: caller)))
            } catch {
                outcomes.append(.failure(error))
            }
        }
        return outcomes
    }

    /// Chooses how a job that nobody has is searched for from now on. What has been offered stays offered.
    ///
    /// - Throws: `VALIDATION_ERROR` for `pick`, which takes a provider; the job's own state when somebody has it or it is
    ///   finished; `NOT_FOUND`, `FORBIDDEN`.
    public func setMode(
        _ mode: DispatchMode, of reference: Reference, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        try caller.require(.admin, .dispatcher, toDo: "choose how a job is searched for")
        guard mode != .pick else {
            throw .validation([FieldIssue(name: "mode", message: "Name the provider with assign instead.")])
        }
        let now = dependencies.now()
        let id = try await jobs.reader.record(reference, for: caller).id
        let outcome = try await store.transaction { transaction in
            guard let record = JobRecord(try transaction.services.findOne(["_id": .id(id)])) else {
                throw RoadsideError.jobNotFound
            }
            if record.status.isLive || record.status.isTerminal {
                throw RoadsideError(JobRules.lostClaim(record.facts, by: Actor(caller), now: now))
            }
            var set: Document = [
                "dispatch.mode": .string(mode.rawValue), "dispatch.base_mode": .string(mode.rawValue),
                "updated_at": .date(now),
            ]
            if record.status == .matching { set.append("dispatch.next_timer_at", .date(now)) }
            let changed = try transaction.services.findOneAndUpdate(
                ["_id": .id(id), "version": .int64(record.version)],
                [
                    "$set": .document(set), "$unset": ["dispatch.round_at": "", "dispatch.preferred": ""],
                    "$inc": ["version": .int64(1)],
                ])
            guard let job = JobRecord(changed) else {
                throw RoadsideError(.conflict, "The job has just changed. Please look again.")
            }
            try transaction.audit(
                .jobSearchChanged, record, job,
                ["mode": .string(mode.rawValue), "mode_before": .string(record.search.baseMode.rawValue)], by: caller,
                at: now)
            return JobWriter.Outcome(job: job, rows: [])
        }
        jobs.announce(outcome)
        return try await jobs.reader.committed(outcome.job, for: caller)
    }

    private static let mostSuggestions = 5
    private static let mostItems = 100
}

/// A job that is searched for, as dispatchers see it.
public struct Waiting: Sendable {
    public let job: Job
    public let mode: DispatchMode
    /// The best first.
    public let suggestions: [Suggestion]
}

/// Somebody who could come.
public struct Suggestion: Sendable {
    public let ranked: RankRules.Ranked
    public let name: String
    /// What the system would do.
    public let isProposed: Bool
}
