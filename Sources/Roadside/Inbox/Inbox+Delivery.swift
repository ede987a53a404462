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

    /// Rows of a route that nobody has confirmed yet, above `after`, not expired, in order.
    public func unreceipted(
        recipient: ObjectID, route: InboxRoute, after: Int64 = 0, limit: Int = Inbox.batch
    ) async throws(RoadsideError) -> [InboxRow] {
        try await delivery(
            [
                "recipient_id": .id(recipient), "seq": ["$gt": .int64(after)], "routes": .string(route.rawValue),
                "unreceipted": true,
            ], limit: limit)
    }

    /// Everything above `after` that has not expired, whatever its route or receipt, in order: for a client that brings
    /// its own cursor, and for a connection that noticed a hole.
    public func rows(
        recipient: ObjectID, after: Int64, limit: Int = Inbox.batch
    ) async throws(RoadsideError) -> [InboxRow] {
        try await delivery(["recipient_id": .id(recipient), "seq": ["$gt": .int64(after)]], limit: limit)
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
