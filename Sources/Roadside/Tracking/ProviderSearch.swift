import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// The nearest providers who could take a job now.
///
/// `find` with `$nearSphere` and a limit stops at the first ring that fills it, where `$geoNear` would walk the whole
/// circle; it returns no distances, so they are computed here, and with the usual radius of the earth (decision 18).
struct ProviderSearch: Sendable {
    struct Query: Sendable {
        var center: GeoPoint
        var metres: Double
        /// What he must be able to do; nil for anything.
        var capability: String?
        /// A further condition on the profile.
        var condition: Document = [:]
        var excluding: Set<ObjectID> = []
        var limit: Int
    }

    struct Found: Sendable {
        let profile: ProviderProfile
        let standing: ProviderStanding
        let point: GeoPoint
        let metres: Double
    }

    /// Somebody near who cannot take the job, and why.
    struct Dropped: Sendable {
        let found: Found
        let reasons: [Exclusion]
    }

    let dependencies: Dependencies

    /// Nearest first, at most `limit`: everybody present, within his own service radius of the center, against whom no rule
    /// speaks; and those met on the way against whom one does.
    func candidates(
        _ query: Query, for need: JobNeed, of job: ObjectID, at now: Date
    ) async throws(RoadsideError) -> (candidates: [Found], dropped: [Dropped]) {
        try await dependencies.store.lease { lease throws(MongoError) in
            try candidates(query, for: need, of: job, at: now, in: lease)
        }
    }

    /// The same on a thread that is at hand already.
    func candidates(
        _ query: Query, for need: JobNeed, of job: ObjectID, at now: Date, in lease: MongoLease
    ) throws(MongoError) -> (candidates: [Found], dropped: [Dropped]) {
        // A search that has to read on reads everybody again.
        var dropped: [ObjectID: Dropped] = [:]
        let found = try nearest(query, projection: nil, in: lease) { document -> Found? in
            guard let found = Found(document, around: query.center), found.metres <= query.metres else { return nil }
            let facts = dependencies.facts(of: found.profile, before: job, at: now)
            var reasons = EligibilityRules.exclusions(facts, for: need, at: now)
            if found.metres > found.profile.serviceRadiusKm * 1000 { reasons.append(.outOfRadius) }
            if reasons.isEmpty { return found }
            dropped[found.profile.id] = Dropped(found: found, reasons: reasons)
            return nil
        }
        return (found, dropped.values.sorted { $0.found.metres < $1.found.metres })
    }

    /// Everybody else around, on duty or not, nearest first within each of the two.
    func everybody(
        around center: GeoPoint, metres: Double, but known: Set<ObjectID>, limit: Int
    ) async throws(RoadsideError) -> [Found] {
        try await dependencies.store.lease { lease throws(MongoError) in
            try everybody(around: center, metres: metres, isDispatchable: true, but: known, limit: limit, in: lease)
                + everybody(around: center, metres: metres, isDispatchable: false, but: [], limit: limit, in: lease)
        }
    }

    private func everybody(
        around center: GeoPoint, metres: Double, isDispatchable: Bool, but known: Set<ObjectID>, limit: Int,
        in lease: MongoLease
    ) throws(MongoError) -> [Found] {
        func found(_ place: BSONValue, limit: Int) throws(MongoError) -> [Found] {
            var filter: Document = ["dispatchable": .bool(isDispatchable), "location": place]
            // Who is on duty and was met in the search is most of them.
            if !known.isEmpty { filter.append("_id", Self.noneOf(known)) }
            return try lease.mechanics.find(
                filter, hint: isDispatchable ? Self.indexOfOnDuty : Self.indexOfOthers, limit: limit
            ).compactMap { Found($0, around: center) }
        }
        // A circle costs the database half of a walk from the middle; only where more stand in it than are wanted has the
        // walk to say who is nearest.
        var all = try found(center.circle(metres: metres * OfferRules.queryWidening), limit: limit + 1)
        if all.count > limit { all = try found(Self.near(center, metres: metres), limit: limit) }
        return all.filter { $0.metres <= metres }.sorted { $0.metres < $1.metres }
    }

    /// Everybody present, nearest first, whatever he can do.
    func present(_ query: Query, at now: Date) async throws(RoadsideError) -> [Found] {
        try await dependencies.store.lease { lease throws(MongoError) in
            try nearest(query, projection: nil, in: lease) { document in
                Found(document, around: query.center).flatMap { found in
                    found.metres <= min(query.metres, found.profile.serviceRadiusKm * 1000) ? found : nil
                }
            }
        }
    }

    /// The same providers as a customer may see them.
    func nearby(_ query: Query) async throws(RoadsideError) -> [NearbyProvider] {
        try await dependencies.store.lease { lease throws(MongoError) in try nearby(query, in: lease) }
    }

    /// The same on a thread that is at hand already.
    func nearby(_ query: Query, in lease: MongoLease) throws(MongoError) -> [NearbyProvider] {
        let showsContact = dependencies.settings.contactBeforeAccept
        return try nearest(query, projection: NearbyProvider.projection, in: lease) {
            NearbyProvider($0, around: query.center, within: query.metres, showingContact: showsContact)
        }
    }

    private func nearest<T>(
        _ query: Query, projection: Document?, in lease: MongoLease, _ convert: (Document) -> T?
    ) throws(MongoError) -> [T] {
        var batch = query.limit
        while true {
            let documents = try read(query, projection: projection, limit: batch, in: lease)
            let found = documents.compactMap(convert)
            // Some of those read may be out of their own radius: read on until enough are left or nobody is.
            if found.count >= query.limit || documents.count < batch || batch >= Self.mostRead {
                return Array(found.prefix(query.limit))
            }
            batch = min(batch * 4, Self.mostRead)
        }
    }

    /// Whether a position counts: base positions do not age, live ones do (decision 23).
    func isPresent(_ profile: ProviderProfile, at now: Date) -> Bool {
        guard profile.location != nil else { return false }
        return profile.fixAt.map { $0 >= oldestFix(at: now) } ?? true
    }

    /// On duty, with a place that counts.
    func presence(at now: Date) -> Document {
        ["dispatchable": true, "location": ["$exists": true], "$or": .array(counts(at: now))]
    }

    private func counts(at now: Date) -> [BSONValue] {
        [["fix_at": .null], ["fix_at": ["$gte": .date(oldestFix(at: now))]]]
    }

    private func read(
        _ query: Query, projection: Document?, limit: Int, in lease: MongoLease
    ) throws(MongoError) -> [Document] {
        var filter: Document = [
            "dispatchable": true,
            "location": Self.near(query.center, metres: query.metres),
            "$or": .array(counts(at: dependencies.now())),
        ]
        filter.append(contentsOf: dependencies.hasPapers)
        filter.append("capabilities", ifPresent: query.capability)
        if !query.excluding.isEmpty {
            filter.append("_id", Self.noneOf(query.excluding))
        }
        if !query.condition.isEmpty { filter.append("$and", [.document(query.condition)]) }
        // Each document costs the database a good part of the whole search, so none is read that is not asked for.
        return try lease.mechanics.find(
            filter, projection: projection, hint: query.capability == nil ? nil : Self.indexByCapability, limit: limit)
    }

    private static func noneOf(_ ids: Set<ObjectID>) -> BSONValue {
        ["$nin": .array(ids.sorted().map(BSONValue.id))]
    }

    private static func near(_ center: GeoPoint, metres: Double) -> BSONValue {
        [
            "$nearSphere": [
                "$geometry": .document(center.geoJSON), "$maxDistance": .double(metres * OfferRules.queryWidening),
            ]
        ]
    }

    private func oldestFix(at now: Date) -> Date {
        now.addingTimeInterval(-dependencies.settings.positionFreshness.timeInterval)
    }

    /// The server would rather walk the plain index of places and look into every document on the way.
    private static let indexByCapability = "mechanics_dispatchable"
    private static let indexOfOnDuty = M0006IndexSearch.index.name
    private static let indexOfOthers = M0010IndexDispatch.offDuty.name
    private static let mostRead = 1000
}

extension ProviderSearch.Found {
    /// nil for a profile without a place.
    fileprivate init?(_ document: Document, around center: GeoPoint) {
        guard let profile = try? ProviderProfile(document), let point = profile.location else { return nil }
        self.init(
            profile: profile, standing: ProviderStanding(document), point: point, metres: point.distance(to: center))
    }
}
