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
        try await openings(recipient)
    }

    /// Whether everything above `place` is still there to be read.
    public func resume(
        recipient: ObjectID, from place: InboxHead
    ) async throws(RoadsideError) -> InboxResumption {
        let head = try await openHead(of: recipient)
        guard place.epoch == head.epoch, place.seq <= head.seq else { return .lost(head: head.seq) }
        guard place.seq < head.seq else { return .kept }
        // Rows go in the order in which they came, so that what is missing is missing from here on.
        let isKept = try await places(Desk.Place(recipient: recipient, seq: place.seq + 1))
        return isKept ? .kept : .lost(head: head.seq)
    }

    /// Rows of a route that nobody has confirmed yet, above `after`, not expired, in order.
    ///
    /// - Parameter route: nil is every route, and rows that are on none; ends of sessions are not among them.
    public func unreceipted(
        recipient: ObjectID, route: InboxRoute?, after: Int64 = 0
    ) async throws(RoadsideError) -> [InboxRow] {
        try await read(InboxReading(.unconfirmed(route), of: recipient, after: after)).rows
    }

    /// Everything above `after` that has not expired, whatever its route or receipt, in order.
    public func rows(recipient: ObjectID, after: Int64) async throws(RoadsideError) -> [InboxRow] {
        try await read(InboxReading(.everything, of: recipient, after: after)).rows
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

    /// Rows as they are stored, those of kinds that only a newer version knows included; not expired, in order.
    func deliverable(_ filter: Document, limit: Int = Inbox.batch) async throws(RoadsideError) -> [Document] {
        var filter = filter
        filter.append("$or", [["expires_at": .null], ["expires_at": ["$gt": .date(now())]]])
        return try await store.database { () async throws(MongoError) in
            try await store.notifications.find(filter, sort: ["seq": 1], limit: min(max(limit, 1), Inbox.batch))
        }
    }
}
