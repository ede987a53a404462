public import BSON
import FoundationEssentials
import Mongo

// The notification list: the same rows, newest first, never with a code.
extension Inbox {
    /// - Throws: `VALIDATION_ERROR` for a cursor that is none of ours.
    public func list(recipient: ObjectID, _ request: PageRequest) async throws(RoadsideError) -> Page<InboxRow> {
        let listed = Self.listed(recipient)
        var filter = listed
        if let cursor = request.cursor {
            guard let before = Int64(cursor), before > 0 else { throw .foreignCursor }
            filter.append("seq", ["$lt": .int64(before)])
        }
        let (documents, total) = try await store.database { () async throws(MongoError) in
            let documents = try await store.notifications.find(
                filter, sort: ["seq": -1], projection: ["sealed": 0], skip: request.skip, limit: request.perPage + 1)
            return (documents, try await store.notifications.count(listed))
        }
        let rows = documents.prefix(request.perPage).compactMap(InboxRow.init)
        let isLast = documents.count <= request.perPage
        return Page(
            items: rows, page: request.page, perPage: request.perPage, total: total,
            nextCursor: isLast ? nil : rows.last.map { String($0.seq) })
    }

    public func unreadCount(recipient: ObjectID) async throws(RoadsideError) -> Int {
        try await store.database { () async throws(MongoError) in
            try await store.notifications.count(Self.unread(recipient))
        }
    }

    /// Marks one row; marking it again changes nothing.
    ///
    /// - Throws: `NOT_FOUND` for a row that does not exist or belongs to somebody else.
    public func markRead(_ id: ObjectID, recipient: ObjectID) async throws(RoadsideError) {
        var filter = Self.listed(recipient)
        filter.append("_id", .id(id))
        // The moment of the first reading is kept.
        let firstReading: Document = ["$ifNull": ["$read_at", .date(now())]]
        let result = try await store.database { () async throws(MongoError) in
            try await store.notifications.updateOne(
                filter, .pipeline([["$set": ["is_read": true, "read_at": .document(firstReading)]]]))
        }
        if result.matched == 0 { throw .notFound("Notification") }
    }

    /// - Returns: how many rows were unread.
    @discardableResult
    public func markAllRead(recipient: ObjectID) async throws(RoadsideError) -> Int {
        let now = now()
        let result = try await store.database { () async throws(MongoError) in
            try await store.notifications.updateMany(
                Self.unread(recipient), ["$set": ["is_read": true, "read_at": .date(now)]])
        }
        return result.modified
    }

    private static func listed(_ recipient: ObjectID) -> Document {
        ["recipient_id": .id(recipient), "kind": ["$ne": .string(InboxKind.session.rawValue)]]
    }

    private static func unread(_ recipient: ObjectID) -> Document {
        var filter = listed(recipient)
        filter.append("is_read", false)
        return filter
    }
}
