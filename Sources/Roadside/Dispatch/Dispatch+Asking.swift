public import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension Dispatch {
    /// Offers every open job he is eligible for to a provider who has just come into reach: connected, on duty, or moved
    /// (decision 21). Whom it already reached is not alerted again.
    public func offerOpenJobs(to provider: ObjectID) async throws(RoadsideError) {
        let document = try await store.database { () async throws(MongoError) in
            try await store.mechanics.findOne(["_id": .id(provider), "dispatchable": true])
        }
        let now = dependencies.now()
        guard let profile = document.flatMap({ try? ProviderProfile($0) }), let location = profile.location,
            search.isPresent(profile, at: now)
        else { return }
        let jobs = try await openJobs(around: location, for: profile, at: now)
            .map { (job: $0, metres: location.distance(to: $0.pickup.point)) }
            .filter { isWithinRing($0.job, profile, metres: $0.metres, at: now) }
            .filter { profile.heldUntil(for: $0.job.id, at: now, ahead: holdAhead) == nil }
            .sorted { $0.metres < $1.metres }
        for (job, _) in jobs.prefix(Self.alertsAtOnce) {
            // His silence counts as an answer until the job comes back.
            if try await book.wasAsked(provider, about: job) { continue }
            _ = try await book.offer(job, to: [profile], mode: .broadcast)
        }
    }

    /// Those who have waited longest. By status and not by place: open jobs are few, while places are those of every job
    /// there ever was.
    private func openJobs(
        around location: GeoPoint, for profile: ProviderProfile, at now: Date
    ) async throws(RoadsideError) -> [JobRecord] {
        let reach = plan.effectiveRadius(.infinity, own: profile.serviceRadiusKm) * 1000 * OfferRules.queryWidening
        let center: BSONValue = [.double(location.longitude), .double(location.latitude)]
        let filter: Document = [
            "status": "matching", "dispatch.mode": .string(DispatchMode.broadcast.rawValue),
            "dispatch.deadline": ["$gt": .date(now)],
            "capability": ["$in": .array(profile.capabilities.sorted().map(BSONValue.string))],
            "customer_id": ["$ne": .id(profile.id)],
            "dispatch.excluded": ["$ne": .id(profile.id)], "dispatch.declined": ["$ne": .id(profile.id)],
            "location": ["$geoWithin": ["$centerSphere": [center, .double(reach / GeoPoint.earthRadiusMetres)]]],
        ]
        return try await store.database { () async throws(MongoError) in
            try await store.services.find(filter, sort: ["created_at": 1], limit: Self.consideredAtOnce)
        }.compactMap(JobRecord.init)
    }

    /// An offer of his own to the provider whom the customer named. One who has a live offer already is not asked twice.
    ///
    /// - Throws: `PROVIDER_BUSY` when he is considering another exclusive offer, `CONFLICT` when somebody else is being
    ///   asked alone about this job; the job's own state when it is not open any more.
    func propose(_ job: JobRecord, to profile: ProviderProfile) async throws(RoadsideError) {
        guard let made = try await book.offer(job, to: [profile], mode: .pick) else {
            throw RoadsideError(.conflict, "The job has just changed. Please look again.")
        }
        guard let offer = made.first else { return }
        // Its end is a timer like any other.
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                ["_id": .id(job.id), "status": "matching"],
                ["$min": ["dispatch.next_timer_at": .date(offer.expiresAt)]])
        }
    }

    private func isWithinRing(_ job: JobRecord, _ profile: ProviderProfile, metres: Double, at now: Date) -> Bool {
        let elapsed = now.timeIntervalSince(job.search.startedAt)
        return metres <= plan.effectiveRadius(elapsed, own: profile.serviceRadiusKm) * 1000
    }

    /// The nearest so many; a provider is not helped by a hundred alerts in one second.
    private static let alertsAtOnce = 20
    private static let consideredAtOnce = 200
}
