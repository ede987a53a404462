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
        let point: GeoPoint
        let metres: Double
    }

    let dependencies: Dependencies

    /// Nearest first, at most `limit`; everybody within his own service radius of the center, present and free.
    func nearest(_ query: Query) async throws(RoadsideError) -> [Found] {
        try await dependencies.store.lease { lease throws(MongoError) in
            try nearest(query, projection: nil, in: lease) {
                Found($0, around: query.center, within: query.metres)
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

    private func read(
        _ query: Query, projection: Document?, limit: Int, in lease: MongoLease
    ) throws(MongoError) -> [Document] {
        var filter: Document = [
            "dispatchable": true,
            "location": [
                "$nearSphere": [
                    "$geometry": .document(query.center.geoJSON),
                    "$maxDistance": .double(query.metres * OfferRules.queryWidening),
                ]
            ],
            "$or": [["fix_at": .null], ["fix_at": ["$gte": .date(oldestFix(at: dependencies.now()))]]],
        ]
        filter.append("capabilities", ifPresent: query.capability)
        if !query.excluding.isEmpty {
            filter.append("_id", ["$nin": .array(query.excluding.sorted().map(BSONValue.id))])
        }
        if !query.condition.isEmpty { filter.append("$and", [.document(query.condition)]) }
        // Each document costs the database a good part of the whole search, so none is read that is not asked for.
        return try lease.mechanics.find(
            filter, projection: projection, hint: query.capability == nil ? nil : Self.indexByCapability, limit: limit)
    }

    private func oldestFix(at now: Date) -> Date {
        now.addingTimeInterval(-dependencies.settings.positionFreshness.timeInterval)
    }

    /// The server would rather walk the plain index of places and look into every document on the way.
    private static let indexByCapability = "mechanics_dispatchable"
    private static let mostRead = 1000
}

extension ProviderSearch.Found {
    fileprivate init?(_ document: Document, around center: GeoPoint, within metres: Double) {
        guard let profile = try? ProviderProfile(document), let point = profile.location else { return nil }
        self.init(profile: profile, point: point, metres: point.distance(to: center))
        guard self.metres <= min(metres, profile.serviceRadiusKm * 1000) else { return nil }
    }
}
