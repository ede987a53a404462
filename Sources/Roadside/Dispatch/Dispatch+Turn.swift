import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

// One turn of one job. Every step looks at the documents alone, so a turn may be taken twice, or by two at once.
extension Dispatch {
    /// When a job wants attention again.
    enum NextTurn: Sendable {
        case at(Date)
        /// Or somebody has changed the job meanwhile and set its timer.
        case never
        /// The turn has set its timer itself.
        case isSet

        init(_ moment: Date?) { self = moment.map(NextTurn.at) ?? .never }
    }

    /// - Parameters:
    ///   - lease: its timer, as long as nobody else changes the job.
    ///   - known: the nearest who could come, when they have been read a moment ago.
    func attend(
        to job: JobRecord, lease: Date, knowing known: CandidateSearch.Known? = nil
    ) async throws(RoadsideError) -> NextTurn {
        guard job.status != .scheduled else {
            try await awaitAppointment(job, lease: lease)
            return .never
        }
        guard job.status == .matching else {
            try await book.withdraw(from: job, where: [:])
            return .never
        }
        if job.search.attempt > 1 {
            try await book.withdraw(from: job, where: ["attempt": ["$lt": .int64(Int64(job.search.attempt))]])
        }
        let now = dependencies.now()
        if now >= job.search.deadline {
            try await giveUp(job)
            return .at(now)
        }
        // Its search begins when its customer has paid (A29).
        if job.facts.awaitsCard { return .at(job.search.deadline) }
        // A job that nobody has been asked about has no offer that could have run out, and one asked around has hardly ever
        // one that runs out before its search does: it looks by itself.
        if job.search.offersMade > 0, job.search.mode != .broadcast { try await book.expireOverdue(of: job) }
        switch job.search.mode {
        case .pick: return NextTurn(try await waitForPreferred(job, now: now))
        case .broadcast: return try await askAround(job, now: now, lease: lease, knowing: known)
        case .cascade, .auto: return NextTurn(try await askOneByOne(job, now: now))
        case .manual: return NextTurn(try await waitForStaff(job))
        }
    }

    /// Nobody is asked by the system; what staff have proposed runs out like any other offer.
    private func waitForStaff(_ job: JobRecord) async throws(RoadsideError) -> Date? {
        let expiry = job.search.offersMade > 0 ? try await book.asked(about: job).nextExpiry : nil
        return [expiry, job.search.deadline].compactMap { $0 }.min()
    }

    /// The timer of a job with an appointment stands where the search begins. One that was put off has its timer due at
    /// once instead: first whatever was offered is taken back.
    private func awaitAppointment(_ job: JobRecord, lease: Date) async throws(RoadsideError) {
        try await book.withdraw(from: job, where: [:])
        guard let resumeAt = job.search.resumeAt else { return try await beginSearch(job, lease: lease) }
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                ["_id": .id(job.id), "status": "scheduled", "dispatch.resume_at": .date(resumeAt)],
                ["$set": ["dispatch.next_timer_at": .date(resumeAt)], "$unset": ["dispatch.resume_at": ""]])
        }
    }

    private func beginSearch(_ job: JobRecord, lease: Date) async throws(RoadsideError) {
        let writer = JobWriter(dependencies: dependencies, inbox: inbox)
        let rows = try await store.transaction { transaction -> [InboxRow] in
            // Read again: it may have been put off or cancelled in this very moment. Another turn may even have set the
            // timer of its new time already; then it is no longer ours.
            guard let record = JobRecord(try transaction.services.findOne(["_id": .id(job.id)])),
                record.status == .scheduled, record.search.nextTimerAt == lease,
                let decision = try? JobRules.decide(record.facts, .match, by: .system, now: self.dependencies.now())
                    .get()
            else { return [] }
            return try writer.write(decision, to: record, by: .system, in: transaction).rows
        }
        inbox.ring(rows)
    }

    /// The search has taken its whole time: the customer is told that nobody was found.
    private func giveUp(_ job: JobRecord) async throws(RoadsideError) {
        let writer = JobWriter(dependencies: dependencies, inbox: inbox)
        let rows = try await store.transaction { transaction -> [InboxRow] in
            // Read again: somebody may have taken it in this very moment.
            guard let record = JobRecord(try transaction.services.findOne(["_id": .id(job.id)])),
                record.status == .matching, record.search.attempt == job.search.attempt,
                let decision = try? JobRules.decide(record.facts, .expire, by: .system, now: self.dependencies.now())
                    .get()
            else { return [] }
            return try writer.write(decision, to: record, by: .system, in: transaction).rows
        }
        inbox.ring(rows)
    }

    /// The provider the customer asked for is asked first, alone. When he does not want the job, does not answer, or
    /// cannot come at all, everybody is asked, and the whole time of the search begins then; or, where nobody is asked but
    /// whom the customer chooses, he chooses again until that time is over.
    private func waitForPreferred(_ job: JobRecord, now: Date) async throws(RoadsideError) -> Date? {
        if let asked = try await book.liveExclusive(of: job) { return asked.expiresAt }
        if let preferred = job.search.preferred, try await !book.wasAsked(preferred, about: job),
            let offer = try await askAlone(preferred, job, now: now)
        {
            return offer.expiresAt
        }
        if job.search.isCustomersChoice {
            if let preferred = job.search.preferred { try await forget(preferred, of: job) }
            return job.search.deadline
        }
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                ["_id": .id(job.id), "status": "matching", "dispatch.mode": .string(DispatchMode.pick.rawValue)],
                [
                    "$set": [
                        "dispatch.mode": .string(job.search.baseMode.rawValue), "dispatch.started_at": .date(now),
                        "dispatch.deadline": .date(now.addingTimeInterval(plan(for: job).plan.searchSeconds)),
                        "dispatch.next_timer_at": .date(now),
                    ]
                ])
        }
        return nil
    }

    /// The customer may choose another one. He is told, unless he has heard already what has become of an offer.
    private func forget(_ preferred: ObjectID, of job: JobRecord) async throws(RoadsideError) {
        let rows = try await store.transaction { transaction -> [InboxRow] in
            let changed = try transaction.services.updateOne(
                ["_id": .id(job.id), "status": "matching", "dispatch.preferred": .id(preferred)],
                ["$unset": ["dispatch.preferred": ""]])
            guard changed.matched == 1,
                try transaction.offers.findOne(
                    [
                        "job_id": .id(job.id), "provider_id": .id(preferred),
                        "attempt": .int64(Int64(job.search.attempt)),
                    ], projection: ["_id": 1]) == nil
            else { return [] }
            let answer = try self.book.answer(.unavailable, to: job, by: preferred, in: transaction)
            return try self.inbox.append([answer], in: transaction)
        }
        inbox.ring(rows)
    }

    /// nil when he cannot be asked: not approved, not free, without the skill, or considering another exclusive offer.
    private func askAlone(_ provider: ObjectID, _ job: JobRecord, now: Date) async throws(RoadsideError) -> Offer? {
        let document = try await store.database { () async throws(MongoError) in
            try await store.mechanics.findOne(["_id": .id(provider)])
        }
        guard let profile = document.flatMap({ try? ProviderProfile($0) }),
            !job.search.barred.contains(provider),
            EligibilityRules.exclusions(
                dependencies.facts(of: profile, before: job.id, at: now), for: dependencies.need(of: job), at: now
            ).isEmpty
        else { return nil }
        do throws(RoadsideError) {
            return try await book.offer(job, to: [profile], mode: .pick)?.offers.first
        } catch  where error.code == .providerBusy || error.code == .conflict {
            return nil
        }
    }

    /// Asks the best in the ring whom nobody has asked yet, as many as the time passed allows.
    private func askAround(
        _ job: JobRecord, now: Date, lease: Date, knowing known: CandidateSearch.Known?
    ) async throws(RoadsideError) -> NextTurn {
        let now = now.truncatedToMilliseconds
        var asked = job.search.offersMade > 0 ? try await book.asked(about: job) : OfferBook.Asked()
        if asked.nextExpiry != nil {
            try await book.expireOverdue(of: job)
            asked = try await book.asked(about: job)
        }
        let ring = try await ring(around: job, asked: asked, at: now, knowing: known)
        let batches = ring.chosen.chunks(of: ring.plan.batch)
        var isSet = false
        // Those found have not been asked in any of these.
        var offers = job.search.offersMade
        for (index, batch) in batches.enumerated() {
            // The last of them puts off the job's timer, too.
            let timer = index == batches.count - 1 ? OfferBook.Timer(lease: lease, next: soonest(ring.next)) : nil
            let made = try await book.offer(
                job, to: batch.compactMap { ring.result.profiles[$0] }, mode: .broadcast, puttingOff: timer,
                unaskedAt: offers)
            // Taken or cancelled meanwhile: whoever did it has set the timer.
            guard let made else { return .never }
            isSet = made.isPutOff
            offers += batch.count
        }
        if ring.allowance > 0 { keepTrace(of: job, ring, chosen: ring.chosen, asked: asked.all, at: now) }
        return isSet ? .isSet : .at(ring.next)
    }

    /// Whom a broadcast may ask at a moment.
    struct Ring: Sendable {
        let plan: SearchPlan
        let code: String
        let km: Double
        /// How many more may be asked by now.
        let allowance: Int
        let result: CandidateSearch.Result
        /// When the job wants attention again.
        let next: Date

        /// The best, as many as may be asked.
        var chosen: [ObjectID] { result.ranked.prefix(allowance).map(\.candidate.id) }
    }

    /// - Parameter known: the nearest who could come, when they have been read a moment ago.
    func ring(
        around job: JobRecord, asked: OfferBook.Asked, at now: Date, knowing known: CandidateSearch.Known?
    ) async throws(RoadsideError) -> Ring {
        let (plan, code) = plan(for: job)
        let elapsed = now.timeIntervalSince(job.search.startedAt)
        let km = plan.radius(elapsed)
        let allowance = max(plan.allowance(elapsed) - asked.silent.count, 0)
        // A fan-out is looked at even where a batch is asked, so that the best of it are in the first batch.
        let result =
            allowance == 0
            ? CandidateSearch.Result()
            : try await candidates.candidates(
                for: job, within: km * 1000, asked: asked.all, limit: max(allowance, plan.fanOut), at: now,
                knowing: known)
        // Whom the ring does not have, waiting for the next batch does not bring.
        let isExhausted = allowance > 0 && result.ranked.count <= allowance
        let growth = job.search.startedAt.addingTimeInterval(
            isExhausted ? plan.nextRing(elapsed) : plan.nextGrowth(elapsed))
        let next = [growth, job.search.deadline, asked.nextExpiry].compactMap { $0 }.min() ?? growth
        return Ring(plan: plan, code: code, km: km, allowance: allowance, result: result, next: next)
    }

    func keepTrace(of job: JobRecord, _ ring: Ring, chosen: [ObjectID], asked: Set<ObjectID>, at now: Date) {
        keepTrace(
            of: job, ring.result, chosen: chosen, plan: ring.code, ringKm: ring.km, allowance: ring.allowance,
            asked: asked, round: nil, at: now)
    }

    /// Writes down why, once it is done.
    func keepTrace(
        of job: JobRecord, _ result: CandidateSearch.Result, chosen: [ObjectID], plan: String, ringKm: Double,
        allowance: Int, asked: Set<ObjectID>, round: ObjectID?, at now: Date
    ) {
        guard traces.isKept else { return }
        later { [self] in
            // Who is farther away than everybody who was looked at was not passed over.
            let reach = result.isCut ? result.ranked.map(\.candidate.metres).max() ?? 0 : ringKm * 1000
            let met = Set(result.ranked.map(\.candidate.id))
            let others = try? await candidates.bystanders(of: job, within: reach, but: met, asked: asked, at: now)
            var excluded: [ObjectID: CandidateSearch.Excluded] = [:]
            for entry in (others ?? []) + result.excluded { excluded[entry.id] = entry }
            await traces.keep(
                DispatchTrace(
                    id: ObjectID(), jobID: job.id, at: now, attempt: job.search.attempt, mode: job.search.mode,
                    matching: dependencies.settings.matching, roundID: round, plan: plan, ringKm: ringKm,
                    allowance: allowance, weights: candidates.weights, candidates: result.ranked,
                    excluded: excluded.values.sorted { ($0.metres, $0.id) < ($1.metres, $1.id) }.map {
                        DispatchTrace.Excluded(id: $0.id, number: $0.number, metres: $0.metres, reasons: $0.reasons)
                    }, chosen: chosen))
        }
    }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
        guard count > size else { return isEmpty ? [] : [self[...]] }
        return [prefix(size)] + Array(dropFirst(size)).chunks(of: size)
    }
}
