import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// Where providers are, and whether they take jobs.
public struct Tracking: Sendable {
    private let dependencies: Dependencies
    private let dispatch: Dispatch
    private let search: ProviderSearch
    private var store: Store { dependencies.store }

    init(_ dependencies: Dependencies, dispatch: Dispatch) {
        self.dependencies = dependencies
        self.dispatch = dispatch
        search = ProviderSearch(dependencies: dependencies)
    }

    /// The providers nearest to a point who are free and would come that far, nearest first (D6, F1).
    ///
    /// - Parameters:
    ///   - radiusKm: 0.1 … 100, and never beyond a provider's own radius.
    ///   - limit: 1 … 100.
    ///   - specialization: a word of the provider's own, or what it amounts to.
    ///   - capability: a canonical capability, or the code of a service type.
    ///   - need: what he is needed for; instead of a capability.
    /// - Throws: `VALIDATION_ERROR`; `NOT_FOUND` for help that this installation does not offer.
    public func nearby(
        _ center: GeoPoint, radiusKm: Double = 10, limit: Int = 20, specialization: String? = nil,
        capability: String? = nil, needing need: ProviderNeed? = nil
    ) async throws(RoadsideError) -> [NearbyProvider] {
        var issues: [FieldIssue] = []
        if !(0.1...100).contains(radiusKm) {
            issues.append(FieldIssue(name: "radius_km", message: "Kilometres from 0.1 to 100."))
        }
        if !(1...100).contains(limit) { issues.append(FieldIssue(name: "limit", message: "From 1 to 100.")) }
        let reference = dependencies.reference.current
        var needed = capability.map { reference.type($0)?.capability ?? $0 }
        if let need {
            switch try need.capability(in: reference) {
            case .success(let capability): needed = capability
            case .failure(let unknown): issues.append(unknown.issue)
            }
        }
        guard issues.isEmpty else { throw .validation(issues) }

        return try await search.nearby(
            .init(
                center: center, metres: radiusKm * 1000, capability: needed,
                condition: specialization.map(Self.condition) ?? [:], limit: limit))
    }

    /// A live position. An older one than the last is ignored: networks reorder.
    ///
    /// - Throws: `VALIDATION_ERROR` for numbers out of range and times more than 30 s ahead, `FORBIDDEN` for anybody but
    ///   a provider.
    public func report(_ position: Position, by caller: Caller) async throws(RoadsideError) {
        try caller.require(.provider, toDo: "report positions")
        let now = dependencies.now()
        let issues = position.issues(now: now)
        guard issues.isEmpty else { throw .validation(issues) }

        // Never later than now: a fast clock shall not keep its owner fresh for longer than others.
        let fixAt = min(position.fixAt ?? now, now)
        var set: Document = [
            "location": .document(position.point.geoJSON), "fix_at": .date(fixAt), "updated_at": .date(now),
        ]
        for (name, value) in [
            ("heading", position.heading), ("speed", position.speed), ("accuracy", position.accuracy),
        ] {
            set.append(name, value.map(BSONValue.double) ?? .null)
        }
        let update = set
        let before = try await store.database { () async throws(MongoError) in
            try await store.mechanics.findOneAndUpdate(
                ["_id": .id(caller.userID), "$or": [["fix_at": .null], ["fix_at": ["$lt": .date(fixAt)]]]],
                ["$set": .document(update)], returning: .before)
        }
        // He was in no search until now: what is open around him is news to him.
        guard let profile = before.flatMap({ try? ProviderProfile($0) }), profile.isDispatchable,
            !search.isPresent(profile, at: now)
        else { return }
        try await dispatch.offerOpenJobs(to: caller.userID)
    }

    /// On duty, off duty, or on a break. `busy` is not for saying: it comes with a job and goes with it.
    ///
    /// - Throws: `VALIDATION_ERROR` for `busy`, `PROVIDER_BUSY` while he holds a job, `FORBIDDEN` for anybody but a
    ///   provider.
    public func setAvailability(_ availability: Availability, by caller: Caller) async throws(RoadsideError) {
        try caller.require(.provider, toDo: "set an availability")
        guard availability != .busy else {
            throw .validation([FieldIssue(name: "availability", message: "One of available, break, offline.")])
        }
        let now = dependencies.now()
        let result = try await store.database { () async throws(MongoError) in
            try await store.mechanics.updateOne(
                ["_id": .id(caller.userID), "current_job": .null],
                ProviderProfile.update(setting: ["availability": .string(availability.rawValue)], at: now))
        }
        guard result.matched == 1 else {
            throw RoadsideError(.providerBusy, "You have a job in hand; finish it or give it back first.")
        }
        if availability == .available { try await dispatch.offerOpenJobs(to: caller.userID) }
    }

    private static func condition(_ specialization: String) -> Document {
        [
            "$or": [
                ["specialization_raw": ["$in": [.string(specialization), .string(specialization.lowercased())]]],
                ["capabilities": .string(specialization.lowercased())],
            ]
        ]
    }
}
