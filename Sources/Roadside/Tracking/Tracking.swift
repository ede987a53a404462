import BSON
import FoundationEssentials
import Logging
import Mongo
public import RoadsideRules

/// Where providers are, and whether they take jobs.
public struct Tracking: Sendable {
    let dependencies: Dependencies
    private let dispatch: Dispatch
    let search: ProviderSearch
    private let positions: PositionWriter
    private let approaches: ApproachFollower
    let quota: SearchQuota
    /// When it was last noted of a provider that his device makes positions up.
    private let mocking = GenerationCache<ObjectID, Date>(limit: 1024)
    /// What those hear who watch.
    public let live: LivePositions
    var store: Store { dependencies.store }

    init(_ dependencies: Dependencies, dispatch: Dispatch) {
        self.dependencies = dependencies
        self.dispatch = dispatch
        search = ProviderSearch(dependencies: dependencies)
        positions = PositionWriter(dependencies, search: search)
        approaches = ApproachFollower(dependencies, dispatch: dispatch)
        quota = SearchQuota(dependencies.settings.limits)
        live = LivePositions(dependencies, inbox: dispatch.inbox)
    }

    /// The providers nearest to a point who are free and would come that far, nearest first (D6, F1).
    ///
    /// - Parameters:
    ///   - radiusKm: 0.1 … 100, and never beyond a provider's own radius.
    ///   - limit: 1 … 100.
    ///   - specialization: a word of the provider's own, or what it amounts to.
    ///   - capability: a canonical capability, or the code of a service type.
    ///   - need: what he is needed for; instead of a capability.
    ///   - caller: who looks, and is counted (T2); nil for the platform itself.
    ///   - visitor: from where he looks.
    /// - Throws: `VALIDATION_ERROR`; `NOT_FOUND` for help that this installation does not offer; `RATE_LIMITED` for who
    ///   looks too often.
    public func nearby(
        _ center: GeoPoint, radiusKm: Double = 10, limit: Int = 20, specialization: String? = nil,
        capability: String? = nil, needing need: ProviderNeed? = nil, for caller: Caller?,
        from visitor: Visitor = Visitor()
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

        try quota.take(caller, from: visitor, at: dependencies.now())
        return try await search.nearby(
            .init(
                center: center, metres: radiusKm * 1000, capability: needed,
                condition: specialization.map(Self.condition) ?? [:], limit: limit))
    }

    /// A live position. An older one than the last is ignored: networks reorder.
    ///
    /// - Returns: the provider as he is now.
    /// - Throws: as ``report(_:by:)`` of several.
    @discardableResult
    public func report(_ position: Position, by caller: Caller) async throws(RoadsideError) -> ProviderProfile {
        try await report([position], by: caller, naming: { _ in "" })
    }

    /// Positions of a while in which there was no network (domain §4.7, U21), in any order. All of them belong to the track
    /// of the job he holds; the newest is where he is. One that he cannot have come to is kept as doubtful, and moves him
    /// only when the next agrees with it.
    ///
    /// - Parameter positions: 1 … 100.
    /// - Returns: the provider as he is now.
    /// - Throws: `VALIDATION_ERROR` for numbers out of range, for times more than 30 s ahead or more than a day back, and
    ///   for the place 0, 0, where receivers stand that have no fix; `FORBIDDEN` for anybody but a provider.
    @discardableResult
    public func report(_ positions: [Position], by caller: Caller) async throws(RoadsideError) -> ProviderProfile {
        guard (1...Self.positionsAtOnce).contains(positions.count) else {
            throw .validation([FieldIssue(name: "positions", message: "From 1 to \(Self.positionsAtOnce) of them.")])
        }
        return try await report(positions, by: caller) { "positions[\($0)]." }
    }

    private func report(
        _ sent: [Position], by caller: Caller, naming prefix: (Int) -> String
    ) async throws(RoadsideError) -> ProviderProfile {
        try caller.require(.provider, toDo: "report positions")
        let now = dependencies.now()
        let issues = sent.enumerated().flatMap { $1.issues(now: now, prefix: prefix($0)) }
        guard issues.isEmpty else { throw .validation(issues) }

        let fixes = sent.map { $0.fix(now: now) }.sorted { $0.at < $1.at }
        if fixes.contains(where: \.isMock) { noteMock(caller.userID, at: now) }
        let receipt = try await positions.write(PositionReport(provider: caller.userID, fixes: fixes))
        guard let last = receipt.believed.last else { return receipt.profile }
        if let job = receipt.currentJob {
            await approaches.follow(job, heldBy: caller.userID, receipt.believed)
            let look = approaches.known(job, heldBy: caller.userID)
            live.show(
                LivePosition(
                    jobID: job, providerID: caller.userID, providerNumber: receipt.profile.number, fix: last,
                    arrival: look?.arrival,
                    promisedAt: look?.promisedAt))
        }
        // He was in no search until now: what is open around him is news to him.
        if !receipt.wasPresent, receipt.profile.isDispatchable { try await dispatch.offerOpenJobs(to: caller.userID) }
        return receipt.profile
    }

    /// A device that makes positions up does so every few seconds: one line for each provider and hour says it.
    private func noteMock(_ provider: ObjectID, at now: Date) {
        let isNews = mocking.update(provider) { told in
            if let told, now.timeIntervalSince(told) < 3600 { return false }
            told = now
            return true
        }
        if isNews { dependencies.security.note(.spoofLocation, of: provider, ["mock": "true"]) }
    }

    /// Keeps what this process knows about travel times up to date, until the task is cancelled.
    public func follow() async {
        await Travel(dependencies: dependencies).follow()
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

    /// Most positions of one report: ten minutes at one in six seconds. Ours.
    public static let positionsAtOnce = 100

    private static func condition(_ specialization: String) -> Document {
        [
            "$or": [
                ["specialization_raw": ["$in": [.string(specialization), .string(specialization.lowercased())]]],
                ["capabilities": .string(specialization.lowercased())],
            ]
        ]
    }
}
