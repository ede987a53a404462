import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// Finds out which live jobs somebody may watch, for all at once who ask at about the same time: after a restart everybody
/// does.
struct WatchSeats: Sendable {
    private let customers: GroupWork<ObjectID, [WatchedJob]>
    private let providers: GroupWork<ObjectID, [WatchedJob]>
    private let store: Store

    init(_ dependencies: Dependencies) {
        let store = dependencies.store
        self.store = store
        customers = GroupWork(pause: Self.gathering) { ids throws(RoadsideError) in
            let jobs = try await store.lease { lease throws(MongoError) in
                try Self.jobs(
                    lease.services.find(["customer_id": Self.any(of: ids), "status": Self.live]), in: lease)
            }
            let own = Dictionary(grouping: jobs, by: \.customer)
            return ids.map { .success((own[$0] ?? []).map(\.watched)) }
        }
        providers = GroupWork(pause: Self.gathering) { ids throws(RoadsideError) in
            let jobs = try await store.lease { (lease) throws(MongoError) -> [Seat] in
                let busy = try lease.mechanics.find(
                    ["_id": Self.any(of: ids), "current_job": ["$exists": true]], projection: ["current_job": 1])
                let held = busy.compactMap { $0.get("current_job", as: ObjectID.self) }
                guard !held.isEmpty else { return [] }
                return try Self.jobs(
                    lease.services.find(["_id": Self.any(of: held), "status": Self.live]), in: lease)
            }
            let own = Dictionary(grouping: jobs, by: \.watched.providerID)
            return ids.map { .success((own[$0] ?? []).map(\.watched)) }
        }
    }

    func jobs(for caller: Caller) async throws(RoadsideError) -> [WatchedJob] {
        switch caller.role {
        case .customer: return try await customers(caller.userID)
        case .provider: return try await providers(caller.userID)
        case .dispatcher, .admin:
            return try await store.lease { lease throws(MongoError) in
                try Self.jobs(
                    lease.services.find(
                        ["status": Self.live], sort: ["created_at": -1, "_id": -1], limit: Self.ofStaff), in: lease)
            }.map(\.watched)
        case .partner: return []
        }
    }

    private struct Seat: Sendable {
        let customer: ObjectID
        let watched: WatchedJob
    }

    /// With where their providers were last.
    private static func jobs(_ documents: [Document], in lease: MongoLease) throws(MongoError) -> [Seat] {
        let records = documents.compactMap(JobRecord.init)
        guard !records.isEmpty else { return [] }
        let holders = try lease.mechanics.find(
            ["_id": any(of: records.compactMap(\.assignedTo))],
            projection: ["location": 1, "fix_at": 1, "heading": 1, "speed": 1, "accuracy": 1])
        var fixes: [ObjectID: Fix] = [:]
        for holder in holders { if let id: ObjectID = holder.get("_id") { fixes[id] = Fix(lastOf: holder) } }
        return records.compactMap { record in
            guard let provider = record.assignedTo else { return nil }
            let last = fixes[provider].map { fix in
                LivePosition(
                    jobID: record.id, providerID: provider, providerNumber: record.provider?.number ?? 0, fix: fix,
                    arrival: record.arrival,
                    promisedAt: record.estimatedArrival)
            }
            return Seat(
                customer: record.customerID,
                watched: WatchedJob(
                    jobID: record.id, providerID: provider, isApproach: record.status.isApproach, last: last))
        }
    }

    private static func any(of ids: [ObjectID]) -> BSONValue {
        ["$in": .array(Set(ids).sorted().map(BSONValue.id))]
    }

    private static let live: BSONValue = [
        "$in": .array(JobStatus.allCases.filter(\.isLive).map { .string($0.rawValue) })
    ]
    /// As many as a snapshot has. Ours.
    private static let ofStaff = 100
    /// The time of a tick (realtime.md §3.4).
    private static let gathering = Duration.milliseconds(20)
}

extension JobRecord {
    /// When its provider is expected; nil when he is not on the way.
    var arrival: ExpectedArrival? { status.isApproach ? approach?.expected : nil }
}

extension Fix {
    /// The last live position of a provider; nil while there is his base only.
    ///
    /// - Parameter document: of `mechanics`.
    init?(lastOf document: Document) {
        guard let at: Date = document.get("fix_at"), let point = GeoPoint(geoJSON: document.get("location")) else {
            return nil
        }
        self.init(
            point: point, at: at, heading: document.get("heading"), speed: document.get("speed"),
            accuracy: document.get("accuracy"))
    }
}
