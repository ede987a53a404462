import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

// Jobs whose providers are asked one by one, or given the job at once. Those that share candidates are served together, at
// the least sum of costs; one that is alone around is served at once.
extension Dispatch {
    /// - Returns: when the job wants attention again; nil when its round sees to that.
    func askOneByOne(_ job: JobRecord, now: Date) async throws(RoadsideError) -> Date? {
        if job.search.offersMade > 0, let live = try await book.liveExclusive(of: job) { return live.expiresAt }
        // It waits for a round already; its timer had only the end of the search left to watch.
        if let roundAt = job.search.roundAt, roundAt > now { return job.search.deadline }
        if dependencies.settings.matching == .assignment, try await hasRivals(job, at: now) {
            try await awaitRound(job, after: now)
            return job.search.deadline
        }
        guard let served = try await serve([job], round: nil, at: now).first else { return nil }
        // Those who are considering another offer may be free again in a moment.
        return served.waitsForRound ? nextRound(after: now) : served.next
    }

    /// Serves the jobs whose round has begun.
    ///
    /// - Returns: whether there were any.
    func takeRound() async -> Bool {
        let now = dependencies.now()
        do throws(RoadsideError) {
            let jobs = try await gather(at: now)
            guard !jobs.isEmpty else { return false }
            for outcome in try await serve(jobs, round: ObjectID(), at: now) { try await leaveRound(outcome) }
            return true
        } catch {
            // The jobs are due again when their lease is over.
            dependencies.logger.warning("A round of assignments failed", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// What became of one job.
    private struct Served {
        let job: JobRecord
        /// nil when somebody has changed the job meanwhile and set its timer.
        let next: Date?
        /// Candidates there were, but others had them: the next round may have one.
        var waitsForRound = false
    }

    // MARK: Who waits for a round

    /// Another open job of this kind so near that both may want the same providers.
    private func hasRivals(_ job: JobRecord, at now: Date) async throws(RoadsideError) -> Bool {
        let reach = plan(for: job).plan.radius(now.timeIntervalSince(job.search.startedAt)) * 2000
        let filter: Document = [
            "status": "matching", "_id": ["$ne": .id(job.id)],
            "dispatch.mode": ["$in": Self.oneByOne],
            "location": job.pickup.point.circle(metres: reach),
        ]
        return try await store.database { () async throws(MongoError) in
            try await store.services.findOne(filter, projection: ["_id": 1]) != nil
        }
    }

    private static let oneByOne: BSONValue = [
        .string(DispatchMode.cascade.rawValue), .string(DispatchMode.auto.rawValue),
    ]

    private func awaitRound(_ job: JobRecord, after now: Date) async throws(RoadsideError) {
        let roundAt = nextRound(after: now)
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                ["_id": .id(job.id), "status": "matching", "dispatch.attempt": .int64(Int64(job.search.attempt))],
                ["$set": ["dispatch.round_at": .date(roundAt)]])
        }
        roundBell.ring()
    }

    /// The same moments on every server, so that all jobs that wait meet in one round.
    private func nextRound(after now: Date) -> Date {
        let interval = max(dependencies.settings.roundInterval.timeInterval, 0.001)
        let round = (now.timeIntervalSince1970 / interval).rounded(.down) + 1
        return Date(timeIntervalSince1970: round * interval).truncatedToMilliseconds
    }

    /// Takes up every job whose round has begun, for this server alone: their timers are put off while they are served.
    private func gather(at now: Date) async throws(RoadsideError) -> [JobRecord] {
        let due: Document = ["dispatch.round_at": ["$lte": .date(now)]]
        let first = try await store.database { () async throws(MongoError) in
            try await store.services.findOne(due, projection: ["_id": 1])
        }
        guard first != nil, try await leads(now) else { return [] }
        let jobs = try await store.database { () async throws(MongoError) in
            try await store.services.find(due, sort: ["dispatch.round_at": 1], limit: AssignmentRules.mostJobs)
        }.compactMap(JobRecord.init)
        // Should this server die now, a later round has them.
        let lease = now.addingTimeInterval(Self.roundLeaseSeconds)
        let these: Document = [
            "_id": ["$in": .array(jobs.map { .id($0.id) })], "dispatch.round_at": ["$lte": .date(now)],
        ]
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateMany(these, ["$set": ["dispatch.round_at": .date(lease)]])
        }
        return jobs.filter { $0.status == .matching }
    }

    /// Of several servers one serves a round, so that its jobs are not torn apart.
    private func leads(_ now: Date) async throws(RoadsideError) -> Bool {
        let until = now.addingTimeInterval(min(dependencies.settings.roundInterval.timeInterval / 2, 1))
        do {
            let lease = try await store.leases.findOneAndUpdate(
                ["_id": "dispatch_round", "expires_at": ["$lte": .date(now)]],
                ["$set": ["expires_at": .date(until)]], upsert: true)
            return lease != nil
        } catch {
            // The document is there and has not run out: somebody else is at it.
            if error.code == .duplicateKey { return false }
            throw RoadsideError(error)
        }
    }

    private func leaveRound(_ served: Served) async throws(RoadsideError) {
        var set = Document()
        var unset = Document()
        if served.waitsForRound {
            set.append("dispatch.round_at", .date(nextRound(after: dependencies.now())))
        } else {
            unset.append("dispatch.round_at", "")
        }
        if let next = served.next { set.append("dispatch.next_timer_at", .date(soonest(next))) }
        var update = Document()
        if !set.isEmpty { update.append("$set", .document(set)) }
        if !unset.isEmpty { update.append("$unset", .document(unset)) }
        let (changes, job) = (update, served.job)
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                ["_id": .id(job.id), "status": "matching", "dispatch.attempt": .int64(Int64(job.search.attempt))],
                .document(changes))
        }
    }

    private static let roundLeaseSeconds = 15.0

    // MARK: Serving

    private func serve(
        _ jobs: [JobRecord], round: ObjectID?, at now: Date
    ) async throws(RoadsideError) -> [Served] {
        let now = now.truncatedToMilliseconds
        var table = try await table(for: jobs, at: now)
        let everybody = Set(table.flatMap { $0.result.ranked.map(\.candidate.id) })
        let considering = try await book.considering(everybody)
        for index in table.indices { table[index].pass(over: considering) }

        let start = ContinuousClock.now
        let decided = DispatchRound(
            table.map { .init(job: $0.job.id, ranked: $0.result.ranked) }, matching: dependencies.settings.matching,
            isOverBudget: { start.duration(to: .now) > Self.budget })
        var served: [Served] = []
        for seat in table { served.append(try await serve(seat, decided.choices[seat.job.id], at: now)) }
        for seat in table {
            let chosen = decided.choices[seat.job.id]
            keepTrace(
                of: seat.job, seat.result, chosen: chosen.map { [$0] } ?? [], plan: seat.plan.code,
                ringKm: seat.ringKm, allowance: 1, asked: seat.passed, round: round, at: now)
        }
        return served
    }

    private func serve(_ seat: Seat, _ chosen: ObjectID?, at now: Date) async throws(RoadsideError) -> Served {
        let job = seat.job
        guard let chosen, let profile = seat.result.profiles[chosen] else {
            let ring = job.search.startedAt.addingTimeInterval(
                seat.plan.plan.nextRing(now.timeIntervalSince(job.search.startedAt)))
            return Served(
                job: job, next: min(ring, job.search.deadline),
                waitsForRound: seat.mayHaveMore || !seat.result.ranked.isEmpty)
        }
        do throws(RoadsideError) {
            if job.search.mode == .auto {
                return Served(job: job, next: try await give(job, to: chosen) ? nil : now)
            }
            guard let made = try await book.offer(job, to: [profile], mode: .cascade) else {
                return Served(job: job, next: nil)
            }
            return Served(job: job, next: made.offers.first?.expiresAt ?? now)
        } catch  where error.code == .providerBusy || error.code == .conflict {
            // Somebody else has just asked him: look again.
            return Served(job: job, next: now)
        }
    }

    /// Gives the job to this provider without asking him.
    ///
    /// - Returns: false when he cannot have it any more.
    private func give(_ job: JobRecord, to provider: ObjectID) async throws(RoadsideError) -> Bool {
        let writer = JobWriter(dependencies: dependencies, inbox: inbox)
        let rows = try await store.transaction { transaction -> [InboxRow]? in
            guard let record = JobRecord(try transaction.services.findOne(["_id": .id(job.id)])),
                record.status == .matching, record.search.attempt == job.search.attempt,
                let profile = try transaction.mechanics.findOne(
                    self.dependencies.hasPapers.and(["_id": .id(provider), "dispatchable": true]))
            else { return nil }
            let offer = try transaction.offers.findOne(
                ["job_id": .id(job.id), "provider_id": .id(provider)], sort: ["attempt": -1])
            let claim = Claim(
                job: record, profile: try ProviderProfile(profile), offer: Offer(offer), self.dependencies)
            let decision = try JobRules.decide(
                record.facts, .assign(provider), by: .system, now: self.dependencies.now()
            ).orThrow()
            return try writer.take(claim, decision, by: .system, mode: .auto, in: transaction).rows
        }
        guard let rows else { return false }
        inbox.ring(rows)
        wake()
        return true
    }

    /// One job at the table, and who could come to it.
    private struct Seat: Sendable {
        let job: JobRecord
        let plan: (plan: SearchPlan, code: String)
        let ringKm: Double
        /// Whoever is not asked again.
        let passed: Set<ObjectID>
        var result: CandidateSearch.Result
        /// Somebody who cannot be asked now may be asked soon.
        var mayHaveMore = false

        /// Those whose answer to another offer is awaited are no candidates now.
        mutating func pass(over considering: Set<ObjectID>) {
            let passed = result.ranked.filter { considering.contains($0.candidate.id) }.map(\.candidate)
            guard !passed.isEmpty else { return }
            mayHaveMore = true
            result.ranked.removeAll { considering.contains($0.candidate.id) }
            result.excluded += passed.map {
                .init(id: $0.id, number: $0.number, metres: $0.metres, reasons: [.considering])
            }
        }
    }

    /// The jobs in the order of their ids, each with its candidates; read side by side.
    private func table(for jobs: [JobRecord], at now: Date) async throws(RoadsideError) -> [Seat] {
        // With so many rivals everybody's best may be gone, and one more than they are is enough for each.
        let limit = min(max(Self.fewestCandidates, jobs.count + 1), Self.mostCandidates)
        do {
            return try await withThrowingTaskGroup(of: Seat.self) { group in
                for job in jobs { group.addTask { try await self.seat(job, limit: limit, at: now) } }
                return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.job.id < $1.job.id }
            }
        } catch {
            throw RoadsideError(any: error)
        }
    }

    private func seat(_ job: JobRecord, limit: Int, at now: Date) async throws(RoadsideError) -> Seat {
        let plan = plan(for: job)
        let ringKm = plan.plan.radius(now.timeIntervalSince(job.search.startedAt))
        let asked = job.search.offersMade > 0 ? try await book.asked(about: job) : OfferBook.Asked()
        // Who is still considering an offer of a broadcast may be given the job when dispatchers have chosen so meanwhile.
        let passed = job.search.mode == .auto ? asked.all.subtracting(asked.open) : asked.all
        let result = try await candidates.candidates(
            for: job, within: ringKm * 1000, asked: passed, limit: limit, at: now)
        return Seat(job: job, plan: plan, ringKm: ringKm, passed: passed, result: result)
    }

    private static let fewestCandidates = 10
    private static let mostCandidates = 60
    /// For the cheapest way; beyond it each job takes the best that is left (domain §4.5.5).
    private static let budget = Duration.milliseconds(50)
}
