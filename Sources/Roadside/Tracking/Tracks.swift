import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// The way a provider took while he held a job: documents of `tracks`, one for each job, provider and five minutes
/// (domain §4.2).
enum Tracks {
    /// Adds what was sent by those who hold a job. Readings that come a second time, because an answer was lost, are there
    /// once all the same.
    static func append(_ boards: some Collection<PositionBoard>, in lease: MongoLease) throws(MongoError) {
        var writes: [BulkWrite] = []
        for board in boards {
            guard let job = board.currentJob else { continue }
            for (from, part) in Dictionary(grouping: board.track, by: { bucket(of: $0.at) }) {
                writes.append(
                    .updateOne(
                        ["job_id": .id(job), "provider_id": .id(board.profile.id), "from": .date(from)],
                        [
                            "$addToSet": ["fixes": ["$each": .array(part.map { .document(document(of: $0)) })]],
                            "$setOnInsert": ["purge_at": .date(from.addingTimeInterval(keptSeconds))],
                        ], upsert: true))
            }
        }
        try lease.collection("tracks").bulk(writes, ordered: false)
    }

    /// Longitude first, as everywhere in this database.
    private static func document(of fix: Fix) -> Document {
        var document: Document = [
            "t": .date(fix.at), "at": [.double(fix.point.longitude), .double(fix.point.latitude)],
        ]
        document.append("speed", ifPresent: fix.speed)
        document.append("heading", ifPresent: fix.heading)
        document.append("accuracy", ifPresent: fix.accuracy)
        if fix.isMock { document.append("mock", true) }
        return document
    }

    private static func bucket(of moment: Date) -> Date {
        Date(timeIntervalSince1970: (moment.timeIntervalSince1970 / bucketSeconds).rounded(.down) * bucketSeconds)
    }

    private static let bucketSeconds = 300.0
    /// 90 days (domain §4.2).
    private static let keptSeconds = 90 * 86_400.0
}
