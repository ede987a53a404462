import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// Who could be asked about a job now, in the order of asking, and who could not and why.
struct CandidateSearch: Sendable {
    /// What a search has come to.
    struct Result: Sendable {
        /// The best first.
        var ranked: [RankRules.Ranked] = []
        var profiles: [ObjectID: ProviderProfile] = [:]
        /// Met on the way and passed over.
        var excluded: [Excluded] = []
        /// More may be there than were looked at.
        var isCut = false
    }

    /// One provider who is not asked, with every reason.
    struct Excluded: Sendable, Hashable {
        let id: ObjectID
        let number: Int64
        let metres: Double
        let reasons: [Exclusion]
    }

    /// What a search for providers has found.
    typealias Known = (candidates: [ProviderSearch.Found], dropped: [ProviderSearch.Dropped])

    let dependencies: Dependencies
    let search: ProviderSearch
    let travel: Travel

    init(_ dependencies: Dependencies) {
        self.dependencies = dependencies
        search = ProviderSearch(dependencies: dependencies)
        travel = Travel(dependencies: dependencies)
    }

    /// The nearest so many who may be asked, ranked.
    ///
    /// - Parameters:
    ///   - metres: the ring.
    ///   - asked: asked in this search already.
    ///   - known: the nearest, when they have been read a moment ago.
    func candidates(
        for job: JobRecord, within metres: Double, asked: Set<ObjectID>, limit: Int, at now: Date,
        knowing known: Known? = nil
    ) async throws(RoadsideError) -> Result {
        let passed = job.search.barred.union(asked).union([job.customerID])
        var found: Known
        if let known {
            found = known
            found.candidates.removeAll { $0.metres > metres || passed.contains($0.profile.id) }
            found.dropped.removeAll { $0.found.metres > metres }
        } else {
            found = try await search.candidates(
                .init(
                    center: job.pickup.point, metres: metres, capability: job.capability, excluding: passed,
                    limit: limit), for: dependencies.need(of: job), of: job.id, at: now)
        }
        var result = Result()
        result.isCut = found.candidates.count >= limit
        result.excluded = found.dropped.map {
            Excluded(
                id: $0.found.profile.id, number: $0.found.profile.number, metres: $0.found.metres, reasons: $0.reasons)
        }
        let candidates = await ranked(found.candidates, for: job, at: now)
        result.ranked = candidates
        for candidate in found.candidates { result.profiles[candidate.profile.id] = candidate.profile }
        return result
    }

    /// Everybody else no farther away than `metres`, with what speaks against each: those met in the search, who are on
    /// duty without being what the job needs, and those who are not on duty.
    func bystanders(
        of job: JobRecord, within metres: Double, but candidates: Set<ObjectID>, asked: Set<ObjectID>, at now: Date
    ) async throws(RoadsideError) -> [Excluded] {
        let found = try await search.everybody(
            around: job.pickup.point, metres: metres, but: candidates, limit: Self.mostBystanders)
        return found.compactMap { found in
            let reasons = reasons(against: found, for: job, asked: asked, at: now)
            guard !candidates.contains(found.profile.id), !reasons.isEmpty else { return nil }
            return Excluded(
                id: found.profile.id, number: found.profile.number, metres: found.metres, reasons: reasons)
        }
    }

    private func reasons(
        against found: ProviderSearch.Found, for job: JobRecord, asked: Set<ObjectID>, at now: Date
    ) -> [Exclusion] {
        let id = found.profile.id
        let facts = dependencies.facts(of: found.profile, before: job.id, at: now)
        var reasons = EligibilityRules.exclusions(facts, for: dependencies.need(of: job), at: now)
        if id == job.customerID { reasons.append(.ownRequest) }
        if job.search.excluded.contains(id) { reasons.append(.leftJob) }
        if job.search.declined.contains(id) { reasons.append(.declined) }
        if asked.contains(id) { reasons.append(.alreadyAsked) }
        if !search.isPresent(found.profile, at: now) { reasons.append(.stalePosition) }
        if found.metres > found.profile.serviceRadiusKm * 1000 { reasons.append(.outOfRadius) }
        return reasons
    }

    private func ranked(
        _ found: [ProviderSearch.Found], for job: JobRecord, at now: Date
    ) async -> [RankRules.Ranked] {
        let isByCost = dependencies.settings.matching == .assignment
        // Nearest first means the straight line, whatever roads there are.
        let times =
            isByCost ? await travel.times(from: found.map(\.point), to: job.pickup.point, at: now) : []
        let candidates = found.enumerated().map { index, found in
            RankRules.Candidate(
                id: found.profile.id, number: found.profile.number, metres: found.metres,
                travel: times.indices.contains(index) ? times[index] : nil,
                rating: RankRules.settledRating(average: found.profile.rating, count: found.profile.ratingCount),
                cancelRate: RankRules.settledCancelRate(
                    accepted: found.standing.accepted, cancelled: found.standing.cancelled),
                idleSince: found.standing.freeSince, isQuiet: found.profile.quiet)
        }
        return RankRules.ranked(candidates, by: weights, at: now)
    }

    /// By which candidates are ranked in this installation.
    var weights: RankWeights {
        dependencies.settings.matching == .assignment ? dependencies.reference.current.weights : .travelOnly
    }

    /// So many are recorded; who is farther away is not told of.
    private static let mostBystanders = 100
}

/// What ranking asks of a provider beside his profile.
struct ProviderStanding: Sendable, Hashable {
    let accepted: Int
    /// Of those, given back.
    let cancelled: Int
    let freeSince: Date?

    init(_ document: Document) {
        let stats = document.get("stats", as: Document.self)
        accepted = stats?.get("accepted") ?? 0
        cancelled = stats?.get("cancelled") ?? 0
        freeSince = document.get("free_since")
    }
}
