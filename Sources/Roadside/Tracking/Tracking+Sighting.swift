import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

extension Tracking {
    /// A provider whom this customer has to do with: one who holds an open job of his, is being asked about one, or is among
    /// those he could choose for one (contracts K37).
    ///
    /// - Throws: `NOT_FOUND` for any other provider, and for what is none; `FORBIDDEN` for anybody but a customer.
    public func sighting(
        of reference: Reference, for caller: Caller
    ) async throws(RoadsideError) -> ProviderSighting {
        try caller.require(.customer, toDo: "watch providers")
        let found = try await store.lease { lease throws(MongoError) -> (ProviderProfile, [JobRecord], Bool)? in
            guard let document = try lease.mechanics.findOne(reference.filter),
                let profile = try? ProviderProfile(document)
            else { return nil }
            let own = caller.condition(on: .job)
            let jobs = try lease.services.find(
                own.and(["status": Self.open]), sort: ["created_at": -1, "_id": -1], limit: Self.jobsLookedAt
            ).compactMap(JobRecord.init)
            let searched = jobs.filter { $0.status == .matching }.map { BSONValue.id($0.id) }
            guard !searched.isEmpty else { return (profile, jobs, false) }
            let offer: Document = ["job_id": ["$in": .array(searched)], "provider_id": .id(profile.id)]
            return (profile, jobs, try lease.offers.findOne(offer.and(Offer.isOpen)) != nil)
        }
        guard let (profile, jobs, isAsked) = found else { throw .notFound("Provider") }
        let isHolder = jobs.contains { $0.status.isLive && $0.assignedTo == profile.id }
        guard isHolder || isAsked || jobs.contains(where: { isListed(profile, for: $0) }) else {
            throw .notFound("Provider")
        }
        return ProviderSighting(
            profile, isOpen: isHolder, showingContact: dependencies.settings.contactBeforeAccept)
    }

    /// Whether the customer of this job is shown him as one of those who could come.
    private func isListed(_ profile: ProviderProfile, for job: JobRecord) -> Bool {
        guard !job.status.isLive, !job.search.barred.contains(profile.id), let place = profile.location,
            profile.capabilities.contains(job.capability), search.isPresent(profile, at: dependencies.now()),
            dependencies.mayBeAsked(profile, at: dependencies.now())
        else { return false }
        let reach = dependencies.plan(for: job).plan.effectiveRadius(.infinity, own: profile.serviceRadiusKm)
        return place.distance(to: job.pickup.point) <= reach * 1000
    }

    private static let open: BSONValue = [
        "$in": .array(JobStatus.allCases.filter(\.isOpen).map { .string($0.rawValue) })
    ]
    /// Nobody has more open ones than he can remember. Ours.
    private static let jobsLookedAt = 20
}
