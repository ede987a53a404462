public import BSON
import FoundationEssentials
import Mongo

// What a socket reads: replay, holes, receipts. Codes are opened here and nowhere else.
extension Inbox {
    /// The most rows one read hands out; a longer backlog is read in several steps.
    public static let batch = 64

    /// The seq of the recipient's newest row; 0 before the first.
    public func head(of recipient: ObjectID) async throws(RoadsideError) -> Int64 {
        let head = try await store.database { () async throws(MongoError) in
            try await store.inboxHeads.findOne(["_id": .id(recipient)])
        }
        return head?.get("seq") ?? 0
    }

    /// The heads of many; one that has none is left out.
    public func heads(of recipients: [ObjectID]) async throws(RoadsideError) -> [ObjectID: Int64] {
        var heads: [ObjectID: Int64] = [:]
        for start in stride(from: 0, to: recipients.count, by: Self.headsAtOnce) {
            let some = recipients[start..<min(start + Self.headsAtOnce, recipients.count)]
            let documents = try await store.database { () async throws(MongoError) in
                try await store.inboxHeads.find(["_id": ["$in": .array(some.map(BSONValue.id))]], limit: some.count)
            }
            for document in documents {
                if let id: ObjectID = document.get("_id") { heads[id] = document.get("seq") }
            }
        }
        return heads
    }

    private static let headsAtOnce = 1000

    /// The head and the epoch of an inbox, which gets its epoch now if nothing has ever been written into it: a client
    /// who is told one keeps it for the first row.
    public func openHead(of recipient: ObjectID) async throws(RoadsideError) -> InboxHead {
        let filter: Document = ["_id": .id(recipient)]
        let head = try await store.database { () async throws(MongoError) -> Document? in
            if let known = try await store.inboxHeads.findOne(filter) { return known }
            return try await store.inboxHeads.findOneAndUpdate(
                filter, ["$setOnInsert": ["seq": .int64(0), "epoch": .id(ObjectID())]], returning: .after, upsert: true)
        }
        return InboxHead(seq: head?.get("seq") ?? 0, epoch: head?.get("epoch", as: ObjectID.self)?.hex ?? "")
    }

    /// Whether everything above `place` is still there to be read.
    public func resume(
        recipient: ObjectID, from place: InboxHead
    ) async throws(RoadsideError) -> InboxResumption {
        let head = try await openHead(of: recipient)
        guard place.epoch == head.epoch, place.seq <= head.seq else { return .lost(head: head.seq) }
        guard place.seq < head.seq else { return .kept }
        let next = try await store.database { () async throws(MongoError) in
            try await store.notifications.find(
                Self.above(place.seq, of: recipient), sort: ["seq": 1], projection: ["seq": 1], limit: 1)
        }
        // Rows go in the order in which they came, so that what is missing is missing from here on.
        return next.first?.get("seq") == place.seq + 1 ? .kept : .lost(head: head.seq)
    }

    /// Rows of a route that nobody has confirmed yet, above `after`, not expired, in order.
    ///
    /// - Parameter route: nil is every route, and rows that are on none; ends of sessions are not among them.
    public func unreceipted(
        recipient: ObjectID, route: InboxRoute?, after: Int64 = 0, limit: Int = Inbox.batch
    ) async throws(RoadsideError) -> [InboxRow] {
        try await delivery(Self.told(above: after, to: recipient, on: route).and(["unreceipted": true]), limit: limit)
    }

    /// As ``unreceipted(recipient:route:after:limit:)``, with what has been confirmed as well: for a client that brings
    /// his own cursor.
    public func backlog(
        recipient: ObjectID, route: InboxRoute?, after: Int64, limit: Int = Inbox.batch
    ) async throws(RoadsideError) -> [InboxRow] {
        try await delivery(Self.told(above: after, to: recipient, on: route), limit: limit)
    }

    /// Everything above `after` that has not expired, whatever its route or receipt, in order: for a connection that is
    /// live and noticed a hole.
    public func rows(
        recipient: ObjectID, after: Int64, limit: Int = Inbox.batch
    ) async throws(RoadsideError) -> [InboxRow] {
        try await delivery(Self.above(after, of: recipient), limit: limit)
    }

    private static func told(above seq: Int64, to recipient: ObjectID, on route: InboxRoute?) -> Document {
        guard let route else {
            return above(seq, of: recipient).and(["kind": ["$ne": .string(InboxKind.session.rawValue)]])
        }
        return above(seq, of: recipient).and(["routes": .string(route.rawValue)])
    }

    private static func above(_ seq: Int64, of recipient: ObjectID) -> Document {
        ["recipient_id": .id(recipient), "seq": ["$gt": .int64(seq)]]
    }

    /// A cumulative receipt: every row of the route up to `seq` has arrived. Their codes are wiped.
    ///
    /// An alert is told again on every connection until it is void: a provider who comes back to his screen wants to see
    /// what he can still take (decision 21).
    ///
    /// Returns once it is written, together with others of the same moment.
    public func receipt(recipient: ObjectID, route: InboxRoute, upTo seq: Int64) async throws(RoadsideError) {
        try await receipts.keep(.init(recipient: recipient, route: route, seq: seq, at: now()))
    }

    /// A cumulative receipt of a client that hears everything: every row up to `seq` has arrived, whatever its route.
    ///
    /// What is said of alerts and codes in ``receipt(recipient:route:upTo:)`` holds here, too.
    public func receipt(recipient: ObjectID, upTo seq: Int64) async throws(RoadsideError) {
        try await receipts.keep(.init(recipient: recipient, route: nil, seq: seq, at: now()))
    }

    private func delivery(_ filter: Document, limit: Int) async throws(RoadsideError) -> [InboxRow] {
        try await deliverable(filter, limit: limit).compactMap { InboxRow.delivered($0, sealer: sealer) }
    }

    /// Rows as they are stored, those of kinds that only a newer version knows included; not expired, in order.
    func deliverable(_ filter: Document, limit: Int = Inbox.batch) async throws(RoadsideError) -> [Document] {
        var filter = filter
        filter.append("$or", [["expires_at": .null], ["expires_at": ["$gt": .date(now())]]])
        return try await store.database { () async throws(MongoError) in
            try await store.notifications.find(filter, sort: ["seq": 1], limit: min(max(limit, 1), Inbox.batch))
        }
    }
}
