public import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

extension Tracking {
    /// Whom the customer of a job may choose among (A15, A19): those who could take it now, nearest first, but for those who
    /// have left or declined it.
    ///
    /// - Parameters:
    ///   - gone: who has just not answered.
    ///   - limit: 1 … 100.
    /// - Throws: `NOT_FOUND` for anybody but its customer.
    public func choices(
        for reference: Reference, but gone: ObjectID? = nil, limit: Int = 20, to caller: Caller
    ) async throws(RoadsideError) -> [NearbyProvider] {
        try caller.require(.customer, toDo: "choose providers")
        let own = reference.filter.and(caller.condition(on: .job))
        let found = try await store.lease { lease throws(MongoError) -> [NearbyProvider]? in
            guard let job = JobRecord(try lease.services.findOne(own)) else { return nil }
            let query = ProviderSearch.Query(
                center: job.pickup.point, metres: dependencies.plan(for: job).plan.maxKm * 1000,
                capability: job.capability, excluding: job.search.barred.union([gone].compactMap(\.self)),
                limit: min(max(limit, 1), 100))
            return try search.nearby(query, in: lease)
        }
        guard let found else { throw .jobNotFound }
        return found
    }
}
