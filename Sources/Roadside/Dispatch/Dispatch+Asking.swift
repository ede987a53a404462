public import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension Dispatch {
    /// Offers every open job he is eligible for to a provider who has just come into reach: connected, on duty, or moved
    /// (decision 21). Whom it already reached is not alerted again.
    public func offerOpenJobs(to provider: ObjectID) async throws(RoadsideError) {
        let document = try await store.database { () async throws(MongoError) in
            try await store.mechanics.findOne(
                dependencies.hasPapers.and(["_id": .id(provider), "dispatchable": true]))
        }
        guard let profile = document.flatMap({ try? ProviderProfile($0) }) else { return }
        try await offerOpenJobs(to: profile, isFreed: false)
    }

    /// - Parameter isFreed: he was in reach all the time and has only finished a job; searches that have asked as many as
    ///   they may by now leave him to their next batch.
    func offerOpenJobs(to profile: ProviderProfile, isFreed: Bool) async throws(RoadsideError) {
        let now = dependencies.now()
        guard profile.isDispatchable, let location = profile.location, search.isPresent(profile, at: now) else {
            return
        }
        let jobs = try await openJobs(around: location, for: profile, at: now)
            .filter { !$0.facts.awaitsCard }
            .map { (job: $0, metres: location.distance(to: $0.pickup.point)) }
            .filter { isWithinRing($0.job, profile, metres: $0.metres, at: now) }
            .filter {
                let facts = dependencies.facts(of: profile, before: $0.job.id, at: now)
                return EligibilityRules.exclusions(facts, for: dependencies.need(of: $0.job), at: now).isEmpty
            }
            .sorted { $0.metres < $1.metres }
        let (broadcast, oneByOne) = (
            jobs.filter { $0.job.search.mode == .broadcast }, jobs.filter { $0.job.search.mode != .broadcast }
        )
        try await lookAgain(oneByOne.map(\.job), at: now)
        for (job, _) in broadcast.prefix(Self.alertsAtOnce) {
            if isFreed, try await !wantsMore(job, at: now) {
                try await lookAgainAtNextBatch(job, at: now)
                continue
            }
            // His silence counts as an answer until the job comes back.
            if try await book.wasAsked(profile.id, about: job) { continue }
            _ = try await book.offer(job, to: [profile], mode: .broadcast, unaskedAt: job.search.offersMade)
        }
    }

    /// Whether the search of a job may ask one more already.
    private func wantsMore(_ job: JobRecord, at now: Date) async throws(RoadsideError) -> Bool {
        let allowance = plan(for: job).plan.allowance(now.timeIntervalSince(job.search.startedAt))
        if job.search.offersMade < allowance { return true }
        // Nobody has said no, so all of them count.
        if job.search.attempt == 1, job.search.declined.isEmpty { return false }
        return try await book.asked(about: job).silent.count < allowance
    }

    /// A search that had run out of candidates sleeps until its ring grows; now there is one for its next batch.
    private func lookAgainAtNextBatch(_ job: JobRecord, at now: Date) async throws(RoadsideError) {
        let elapsed = now.timeIntervalSince(job.search.startedAt)
        let growth = job.search.startedAt.addingTimeInterval(plan(for: job).plan.nextGrowth(elapsed))
        guard let timer = job.search.nextTimerAt, timer > growth else { return }
        try await lookAgain([job], at: growth)
    }

    /// Jobs take their turn at this moment instead of when their ring grows.
    private func lookAgain(_ jobs: [JobRecord], at moment: Date) async throws(RoadsideError) {
        guard !jobs.isEmpty else { return }
        let these: Document = [
            "_id": ["$in": .array(jobs.map { .id($0.id) })], "status": "matching",
            "dispatch.round_at": ["$exists": false],
        ]
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateMany(these, ["$min": ["dispatch.next_timer_at": .date(moment)]])
        }
        wake()
    }

    /// Those who have waited longest. By status and not by place: open jobs are few, while places are those of every job
    /// there ever was.
    private func openJobs(
        around location: GeoPoint, for profile: ProviderProfile, at now: Date
    ) async throws(RoadsideError) -> [JobRecord] {
        let reach = profile.serviceRadiusKm * 1000 * OfferRules.queryWidening
        let filter: Document = [
            "status": "matching", "dispatch.mode": ["$in": Self.searching],
            "dispatch.deadline": ["$gt": .date(now)],
            "capability": ["$in": .array(profile.capabilities.sorted().map(BSONValue.string))],
            "customer_id": ["$ne": .id(profile.id)],
            "dispatch.excluded": ["$ne": .id(profile.id)], "dispatch.declined": ["$ne": .id(profile.id)],
            "location": location.circle(metres: reach),
        ]
        return try await store.database { () async throws(MongoError) in
            try await store.services.find(filter, sort: ["created_at": 1], limit: Self.consideredAtOnce)
        }.compactMap(JobRecord.init)
    }

    /// An offer of his own to the provider whom the customer named. One who has a live offer already is not asked twice.
    ///
    /// - Throws: `PROVIDER_BUSY` when he is considering another exclusive offer, `CONFLICT` when somebody else is being
    ///   asked alone about this job; the job's own state when it is not open any more.
    func propose(
        _ job: JobRecord, to profile: ProviderProfile, ifVersion expected: Expectation = .any
    ) async throws(RoadsideError) {
        // One that has just run out stands in nobody's way.
        try await book.expireOverdue(of: job)
        guard let made = try await book.offer(job, to: [profile], mode: .pick, ifVersion: expected) else {
            throw RoadsideError(.conflict, "The job has just changed. Please look again.")
        }
        guard let offer = made.offers.first else { return }
        // Its end is a timer like any other.
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                ["_id": .id(job.id), "status": "matching"],
                ["$min": ["dispatch.next_timer_at": .date(offer.expiresAt)]])
        }
    }

    private func isWithinRing(_ job: JobRecord, _ profile: ProviderProfile, metres: Double, at now: Date) -> Bool {
        let elapsed = now.timeIntervalSince(job.search.startedAt)
        return metres <= plan(for: job).plan.effectiveRadius(elapsed, own: profile.serviceRadiusKm) * 1000
    }

    /// The modes in which the system asks whoever it finds.
    private static let searching: BSONValue = .array(
        [DispatchMode.broadcast, .cascade, .auto].map { .string($0.rawValue) })

    /// The nearest so many; a provider is not helped by a hundred alerts in one second.
    private static let alertsAtOnce = 20
    private static let consideredAtOnce = 200
}
