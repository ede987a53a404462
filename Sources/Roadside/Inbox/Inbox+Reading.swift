import BSON
import FoundationEssentials
import Mongo

// What sockets read. A storm of clients that come back, and every socket at once after a doorbell's silence, would ask the
// database thousands of times; together they ask it a few times (realtime.md §3.4). Measured on MongoDB 6.0, recipients a
// second: 2,400 one by one, 27,000 by 64 at once each with a cursor of his own, 49,000 with one cursor for all.
extension Inbox {
    /// Reads for one connection. It is read at once where nobody else reads, and otherwise with others.
    public func read(_ reading: InboxReading) async throws(RoadsideError) -> InboxReading.Batch {
        try await reading.isLive ? liveReads(reading) : replays(reading)
    }

    static func liveReads(_ desk: Desk) -> GroupWork<InboxReading, InboxReading.Batch> {
        GroupWork(leaders: 2, limit: groupLimit) { readings throws(RoadsideError) in try await desk.read(readings) }
    }

    /// Whoever has just connected can wait for the next tick if there are others before him: his client waits for several
    /// answers in turn, and in a storm each query saved is time for those who are live.
    static func replays(_ desk: Desk) -> GroupWork<InboxReading, InboxReading.Batch> {
        GroupWork(leaders: 2, limit: groupLimit, tick: tick) { readings throws(RoadsideError) in
            try await desk.read(readings)
        }
    }

    static func openings(_ desk: Desk) -> GroupWork<ObjectID, InboxHead> {
        GroupWork(leaders: 2, limit: groupLimit, tick: tick) { recipients throws(RoadsideError) in
            try await desk.openHeads(of: recipients)
        }
    }

    static func places(_ desk: Desk) -> GroupWork<Desk.Place, Bool> {
        GroupWork(leaders: 2, limit: groupLimit, tick: tick) { places throws(RoadsideError) in
            try await desk.areKept(places)
        }
    }

    private static let groupLimit = 256
    private static let tick = Duration.milliseconds(20)
}

extension Inbox {
    /// Asks the database for many at once, on one thread and in few queries, of which none brings more than a bounded
    /// number of rows.
    struct Desk: Sendable {
        /// One row of somebody's.
        struct Place: Sendable, Hashable {
            let recipient: ObjectID
            let seq: Int64
        }

        let store: Store
        let sealer: Sealer
        let now: @Sendable () -> Date

        func read(
            _ readings: [InboxReading]
        ) async throws(RoadsideError) -> [Result<InboxReading.Batch, RoadsideError>] {
            let found = try await store.lease { lease throws(MongoError) in try self.read(readings, in: lease) }
            return found.map { rows, head in
                let opened = rows.compactMap { InboxRow.delivered($0, sealer: sealer) }
                return .success(InboxReading.Batch(rows: opened, head: head))
            }
        }

        private func read(
            _ readings: [InboxReading], in lease: MongoLease
        ) throws(MongoError) -> [(rows: [Document], head: Int64?)] {
            // The heads first: what is committed after it rings, and what is below it has been read.
            let isCrowd = readings.count >= Self.crowd
            let asked = readings.filter { !$0.isLive || isCrowd }.map(\.recipient)
            let heads = try asked.isEmpty ? [:] : Self.heads(of: asked, in: lease).mapValues(\.seq)
            var results: [(rows: [Document], head: Int64?)] = readings.map { reading in
                ([], reading.isLive ? nil : heads[reading.recipient] ?? 0)
            }
            var open: [InboxReading: [Int]] = [:]
            for (index, reading) in readings.enumerated() {
                // Nothing is above the head, and in a crowd most have seen it.
                if !reading.isLive || isCrowd {
                    guard let head = heads[reading.recipient], reading.after < head else { continue }
                }
                open[reading, default: []].append(index)
            }
            for (_, group) in Dictionary(grouping: open.keys, by: \.scope) {
                for (reading, rows) in try self.rows(group, in: lease) {
                    for index in open[reading] ?? [] { results[index].rows = rows }
                }
            }
            return results
        }

        /// Readings of one scope.
        private func rows(
            _ readings: [InboxReading], in lease: MongoLease
        ) throws(MongoError) -> [InboxReading: [Document]] {
            var result: [InboxReading: [Document]] = [:]
            var open = readings
            while !open.isEmpty {
                let limit = min(open.count * Inbox.batch, Self.mostRows)
                let documents = try lease.notifications.find(
                    filter(open), sort: ["recipient_id": 1, "seq": 1], limit: limit)
                let byRecipient = Dictionary(grouping: documents) { $0.get("recipient_id", as: ObjectID.self) }
                // Of whoever comes last not all may have been brought, and of those behind him nothing.
                let edge = documents.count < limit ? nil : documents.last?.get("recipient_id", as: ObjectID.self)
                open = open.filter { reading in
                    let above = (byRecipient[reading.recipient] ?? []).filter {
                        $0.get("seq").map { $0 > reading.after } ?? false
                    }
                    let rows = Array(above.prefix(Inbox.batch))
                    if let edge, reading.recipient >= edge, rows.count < Inbox.batch || reading.recipient > edge {
                        return true
                    }
                    result[reading] = rows
                    return false
                }
            }
            return result
        }

        private func filter(_ readings: [InboxReading]) -> Document {
            let condition = readings.first?.condition ?? [:]
            let unexpired: BSONValue = [["expires_at": .null], ["expires_at": ["$gt": .date(now())]]]
            let (cursors, recipients) = (Set(readings.map(\.after)), Set(readings.map(\.recipient)))
            if let cursor = cursors.first, cursors.count == 1 {
                return Self.above(cursor, of: recipients).and(condition).and(["$or": unexpired])
            }
            let each = readings.map { BSONValue.document(Self.above($0.after, of: [$0.recipient]).and(condition)) }
            return ["$and": [["$or": .array(each)], ["$or": unexpired]]]
        }

        private static func above(_ seq: Int64, of recipients: Set<ObjectID>) -> Document {
            ["recipient_id": one(of: recipients), "seq": ["$gt": .int64(seq)]]
        }

        private static func one(of ids: Set<ObjectID>) -> BSONValue {
            if let only = ids.first, ids.count == 1 { return .id(only) }
            return ["$in": .array(ids.sorted().map(BSONValue.id))]
        }

        private static func heads(
            of recipients: [ObjectID], in lease: MongoLease
        ) throws(MongoError) -> [ObjectID: InboxHead] {
            let documents = try lease.inboxHeads.find(["_id": one(of: Set(recipients))])
            return documents.reduce(into: [:]) { heads, document in
                if let id: ObjectID = document.get("_id") {
                    heads[id] = InboxHead(
                        seq: document.get("seq") ?? 0, epoch: document.get("epoch", as: ObjectID.self)?.hex ?? "")
                }
            }
        }

        func openHeads(
            of recipients: [ObjectID]
        ) async throws(RoadsideError) -> [Result<InboxHead, RoadsideError>] {
            let heads = try await store.lease { lease throws(MongoError) in
                let known = try Self.heads(of: recipients, in: lease)
                let newcomers = Set(recipients).subtracting(known.keys)
                guard !newcomers.isEmpty else { return known }
                try lease.inboxHeads.bulk(
                    newcomers.sorted().map { recipient in
                        .updateOne(
                            ["_id": .id(recipient)],
                            ["$setOnInsert": ["seq": .int64(0), "epoch": .id(ObjectID())]], upsert: true)
                    }, ordered: false)
                return try Self.heads(of: recipients, in: lease)
            }
            return recipients.map { .success(heads[$0] ?? InboxHead(seq: 0, epoch: "")) }
        }

        /// Which of these rows are still there.
        func areKept(_ places: [Place]) async throws(RoadsideError) -> [Result<Bool, RoadsideError>] {
            let each = Set(places).map { place -> BSONValue in
                ["recipient_id": .id(place.recipient), "seq": .int64(place.seq)]
            }
            let rows = try await store.database { () async throws(MongoError) in
                try await store.notifications.find(
                    ["$or": .array(each)], projection: ["recipient_id": 1, "seq": 1, "_id": 0])
            }
            let kept = Set(
                rows.compactMap { row in
                    row.get("recipient_id", as: ObjectID.self).map { Place(recipient: $0, seq: row.get("seq") ?? 0) }
                })
            return places.map { .success(kept.contains($0)) }
        }

        /// From so many live connections on that read at once it pays to ask first who has anything to read. Ours.
        private static let crowd = 16
        /// About a megabyte. Ours.
        private static let mostRows = 1024
    }
}
