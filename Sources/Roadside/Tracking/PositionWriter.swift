import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// Writes positions, many at a time: thousands of providers report each second, and a statement of its own for each would
/// cost the database several times as much.
struct PositionWriter: Sendable {
    /// Each provider's positions go through the same of them, one after the other.
    private let groups: [GroupWork<PositionReport, PositionReceipt>]

    init(_ dependencies: Dependencies, search: ProviderSearch) {
        groups = (0..<Self.groupsAtOnce).map { _ in
            GroupWork(pause: Self.gathering) { reports throws(RoadsideError) in
                let now = dependencies.now()
                // Where hours of a city pass in minutes, its cars are faster by as much.
                let topSpeed = dependencies.settings.topSpeed
                return try await dependencies.store.lease { lease throws(MongoError) in
                    try Self.write(reports, at: now, topSpeed: topSpeed, in: lease) { search.isPresent($0, at: now) }
                }
            }
        }
    }

    /// Returns when what was news has been written.
    ///
    /// - Throws: `NOT_FOUND` for anybody without a provider's profile.
    func write(_ report: PositionReport) async throws(RoadsideError) -> PositionReceipt {
        try await groups[Int(UInt(bitPattern: report.provider.hashValue) % UInt(groups.count))](report)
    }

    private static func write(
        _ reports: [PositionReport], at now: Date, topSpeed: Double, in lease: MongoLease,
        isPresent: (ProviderProfile) -> Bool
    ) throws(MongoError) -> [Result<PositionReceipt, RoadsideError>] {
        var boards: [ObjectID: PositionBoard] = [:]
        for document in try profiles(Set(reports.map(\.provider)), in: lease) {
            guard let board = PositionBoard(document, topSpeed: topSpeed, isPresent: isPresent) else { continue }
            boards[board.profile.id] = board
        }
        let results = reports.map { report -> Result<PositionReceipt, RoadsideError> in
            guard let believed = boards[report.provider]?.take(report.fixes), let board = boards[report.provider]
            else { return .failure(.notFound("Provider")) }
            return .success(
                PositionReceipt(
                    profile: board.profile, wasPresent: board.wasPresent, currentJob: board.currentJob,
                    believed: believed))
        }
        try Tracks.append(boards.values, in: lease)
        let written = boards.values.compactMap { board in
            board.statement(at: now).map { (statement: $0, isNews: board.isComingIntoSight) }
        }
        // One who comes into sight is news to searches, which read what a majority has. All others are only where they were
        // a second ago and a little further: one server's word is enough, and should it be lost in a crash, the next
        // position is due before anybody asks.
        try send(written.filter(\.isNews).map(\.statement), concern: ["w": "majority", "wtimeout": 8000], in: lease)
        try send(written.filter { !$0.isNews }.map(\.statement), concern: ["w": 1, "j": false], in: lease)
        return results
    }

    /// As they are on this server at this moment: what was acknowledged a moment ago is among it.
    private static func profiles(_ ids: Set<ObjectID>, in lease: MongoLease) throws(MongoError) -> [Document] {
        let filter: Document = ["_id": ["$in": .array(ids.sorted().map(BSONValue.id))]]
        let reply = try lease.run([
            "find": "mechanics", "filter": .document(filter), "limit": .int64(Int64(ids.count)),
            "batchSize": .int64(Int64(ids.count + 1)), "singleBatch": true,
        ])
        return reply.get("cursor", as: Document.self)?.get("firstBatch", as: [Document].self) ?? []
    }

    private static func send(_ statements: [Document], concern: Document, in lease: MongoLease) throws(MongoError) {
        guard !statements.isEmpty else { return }
        _ = try lease.run([
            "update": "mechanics", "updates": .array(statements.map(BSONValue.document)), "ordered": false,
            "writeConcern": .document(concern),
        ])
    }

    /// A group's statements are carried out one by one, so two groups at once take half as long where the database has two
    /// cores, and are as good as one where it has not.
    private static let groupsAtOnce = 2
    /// How long the first of a group waits for others. Ours: a tenth of what an answer may take.
    private static let gathering = Duration.milliseconds(5)
}
