import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

// One turn of one job. Every step looks at the documents alone, so a turn may be taken twice, or by two at once.
extension Dispatch {
    /// - Returns: when the job wants attention again; nil for never, or when somebody has set its timer already.
    func attend(to job: JobRecord) async throws(RoadsideError) -> Date? {
        guard job.status != .scheduled else {
            try await awaitAppointment(job)
            return nil
        }
        guard job.status == .matching else {
            try await book.withdraw(from: job, where: [:])
            return nil
        }
        if job.search.attempt > 1 {
            try await book.withdraw(from: job, where: ["attempt": ["$lt": .int64(Int64(job.search.attempt))]])
        }
        let now = dependencies.now()
        if now >= job.search.deadline {
            try await giveUp(job)
            return now
        }
        try await book.expireOverdue(of: job)
        switch job.search.mode {
        case .pick: return try await waitForPreferred(job, now: now)
        case .broadcast, .cascade, .auto, .manual: return try await askAround(job, now: now)
        }
    }

    /// The timer of a job with an appointment stands where the search begins. One that was put off has its timer due at
    /// once instead: first whatever was offered is taken back.
    private func awaitAppointment(_ job: JobRecord) async throws(RoadsideError) {
        try await book.withdraw(from: job, where: [:])
        guard let resumeAt = job.search.resumeAt else { return try await beginSearch(job) }
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                ["_id": .id(job.id), "status": "scheduled", "dispatch.resume_at": .date(resumeAt)],
                ["$set": ["dispatch.next_timer_at": .date(resumeAt)], "$unset": ["dispatch.resume_at": ""]])
        }
    }

    private func beginSearch(_ job: JobRecord) async throws(RoadsideError) {
        let writer = JobWriter(dependencies: dependencies, inbox: inbox)
        let rows = try await store.transaction { transaction -> [InboxRow] in
            // Read again: it may have been put off or cancelled in this very moment.
            guard let record = JobRecord(try transaction.services.findOne(["_id": .id(job.id)])),
                record.status == .scheduled, record.search.resumeAt == nil,
                let decision = try? JobRules.decide(record.facts, .match, by: .system, now: dependencies.now()).get()
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
                let decision = try? JobRules.decide(record.facts, .expire, by: .system, now: dependencies.now()).get()
            else { return [] }
            return try writer.write(decision, to: record, by: .system, in: transaction).rows
        }
        inbox.ring(rows)
    }

    /// The provider the customer asked for is asked first, alone. When he does not want the job, does not answer, or
    /// cannot come at all, everybody is asked, and the whole time of the search begins then.
    private func waitForPreferred(_ job: JobRecord, now: Date) async throws(RoadsideError) -> Date? {
        if let asked = try await book.liveExclusive(of: job) { return asked.expiresAt }
        if let preferred = job.search.preferred, try await !book.wasAsked(preferred, about: job),
            let offer = try await askAlone(preferred, job, now: now)
        {
            return offer.expiresAt
        }
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                ["_id": .id(job.id), "status": "matching", "dispatch.mode": .string(DispatchMode.pick.rawValue)],
                [
                    "$set": [
                        "dispatch.mode": .string(DispatchMode.broadcast.rawValue), "dispatch.started_at": .date(now),
                        "dispatch.deadline": .date(now.addingTimeInterval(plan.searchSeconds)),
                        "dispatch.next_timer_at": .date(now),
                    ]
                ])
        }
        return nil
    }

    /// nil when he cannot be asked: not approved, not free, without the skill, or considering another exclusive offer.
    private func askAlone(_ provider: ObjectID, _ job: JobRecord, now: Date) async throws(RoadsideError) -> Offer? {
        let document = try await store.database { () async throws(MongoError) in
            try await store.mechanics.findOne(["_id": .id(provider)])
        }
        guard let profile = document.flatMap({ try? ProviderProfile($0) }), profile.isDispatchable,
            profile.capabilities.contains(job.capability), !job.search.barred.contains(provider),
            profile.heldUntil(for: job.id, at: now, ahead: holdAhead) == nil
        else { return nil }
        do throws(RoadsideError) {
            return try await book.offer(job, to: [profile], mode: .pick)?.first
        } catch  where error.code == .providerBusy || error.code == .conflict {
            return nil
        }
    }

    /// Asks the nearest in the ring whom nobody has asked yet, as many as the time passed allows.
    private func askAround(_ job: JobRecord, now: Date) async throws(RoadsideError) -> Date? {
        let elapsed = now.timeIntervalSince(job.search.startedAt)
        let wave = Int(max(elapsed, 0) / plan.ringSeconds)
        let asked = try await book.asked(about: job)
        let allowance = (wave + 1) * plan.fanOut - asked.silent.count
        if allowance > 0 {
            let found = try await search.nearest(
                .init(
                    center: job.pickup.point, metres: plan.radius(elapsed) * 1000, capability: job.capability,
                    condition: ProviderProfile.isNotHeld(for: job.id, at: now, ahead: holdAhead),
                    excluding: job.search.barred.union(asked.all).union([job.customerID]), limit: allowance))
            // Nearest first between batches; inside one the order of ids, in which it is written.
            let ranked = RankRules.ranked(found.map(\.candidate))
            let profiles = Dictionary(found.map { ($0.profile.id, $0.profile) }) { first, _ in first }
            for batch in ranked.chunks(of: plan.batch) {
                let offers = try await book.offer(job, to: batch.compactMap { profiles[$0.id] }, mode: .broadcast)
                // Taken or cancelled meanwhile: whoever did it has set the timer.
                if offers == nil { return nil }
            }
        }
        let growth = job.search.startedAt.addingTimeInterval(Double(wave + 1) * plan.ringSeconds)
        let moments = [growth, job.search.deadline, asked.nextExpiry].compactMap { $0 }
        return moments.min()
    }
}

extension ProviderSearch.Found {
    fileprivate var candidate: RankRules.Candidate {
        RankRules.Candidate(
            id: profile.id, number: profile.number, metres: metres, rating: profile.rating,
            ratingCount: profile.ratingCount)
    }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
        guard count > size else { return isEmpty ? [] : [self[...]] }
        return [prefix(size)] + Array(dropFirst(size)).chunks(of: size)
    }
}
