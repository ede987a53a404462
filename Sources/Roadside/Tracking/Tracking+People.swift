public import BSON
public import FoundationEssentials
import Mongo
public import RoadsideRules

// Where customers are, and who could come to them.
extension Tracking {
    /// Where somebody says he is: a live position of a provider, and of a customer the place to look from when he next
    /// asks who is near. That place is nobody else's business, and only the last is kept.
    ///
    /// - Throws: `VALIDATION_ERROR` for what is no place; `FORBIDDEN` for anybody but customers and providers.
    public func locate(_ position: Position, by caller: Caller) async throws(RoadsideError) {
        try caller.require(.customer, .provider, toDo: "report positions")
        guard caller.role == .customer else {
            try await report(position, by: caller)
            return
        }
        let now = dependencies.now()
        let issues = position.issues(now: now)
        guard issues.isEmpty else { throw .validation(issues) }
        let place: Document = ["position": .document(position.point.geoJSON), "position_at": .date(now)]
        let found = try await store.database { () async throws(MongoError) in
            try await store.users.updateOne(["_id": .id(caller.userID)], ["$set": .document(place)]).matched
        }
        if found == 0 { throw .invalidToken }
    }

    /// Where the customer of a live job has last said that he is, for the provider who has it; nil when he has not said
    /// so since `moment`.
    public func customer(
        of job: ObjectID, since moment: Date, for caller: Caller
    ) async throws(RoadsideError) -> (point: GeoPoint, at: Date)? {
        let held: Document = [
            "_id": .id(job), "assigned_to": .id(caller.userID),
            "status": ["$in": .array(JobStatus.allCases.filter(\.isLive).map { .string($0.rawValue) })],
        ]
        let user = try await store.lease { lease throws(MongoError) -> Document? in
            let job = try lease.services.findOne(held, projection: ["customer_id": 1])
            guard let customer: ObjectID = job?.get("customer_id") else { return nil }
            return try lease.users.findOne(["_id": .id(customer)], projection: ["position": 1, "position_at": 1])
        }
        guard let user, let point = GeoPoint(geoJSON: user.get("position")), let at: Date = user.get("position_at"),
            at > moment
        else { return nil }
        return (point, at)
    }

    /// The providers who could be offered a job now, at most `limit`: nearest first around a point, and without one in no
    /// order. Around a point those within 100 km, each within his own radius.
    ///
    /// - Parameters:
    ///   - limit: 1 … 100.
    ///   - caller: who looks, and is counted (T2).
    ///   - visitor: from where he looks.
    /// - Throws: `RATE_LIMITED` for who looks too often.
    public func available(
        around point: GeoPoint?, limit: Int = 100, for caller: Caller, from visitor: Visitor
    ) async throws(RoadsideError) -> [ListedProvider] {
        try quota.take(caller, from: visitor, at: dependencies.now())
        let limit = min(max(limit, 1), 100)
        if let point {
            let found = try await search.present(
                .init(center: point, metres: Self.listedMetres, limit: limit), at: dependencies.now())
            return found.map { ListedProvider(profile: $0.profile, distanceKm: Kilometres.shown(metres: $0.metres)) }
        }
        let now = dependencies.now()
        let documents = try await store.database { () async throws(MongoError) in
            try await store.mechanics.find(search.presence(at: now), hint: "mechanics_available", limit: limit)
        }
        return documents.compactMap { try? ProviderProfile($0) }.map { ListedProvider(profile: $0, distanceKm: nil) }
    }

    /// Every provider, in the order of their numbers, for staff.
    ///
    /// - Throws: `FORBIDDEN` for anybody but staff.
    public func everyProvider(_ request: PageRequest, for caller: Caller) async throws(RoadsideError)
        -> [ListedProvider]
    {
        try caller.require(.dispatcher, .admin, toDo: "list every provider")
        let documents = try await store.database { () async throws(MongoError) in
            try await store.mechanics.find(
                [:], sort: ["number": 1], skip: request.skip, limit: request.perPage)
        }
        return documents.compactMap { try? ProviderProfile($0) }.map { ListedProvider(profile: $0, distanceKm: nil) }
    }

    /// As far as any search of the platform goes (contracts F1).
    private static let listedMetres = 100_000.0
}

/// A provider in a list.
public struct ListedProvider: Sendable {
    /// All of him; what of it a viewer may see is decided where it is shown.
    public let profile: ProviderProfile
    /// From where the viewer is, in a straight line, one decimal; nil where that is not known.
    public let distanceKm: Double?
}
