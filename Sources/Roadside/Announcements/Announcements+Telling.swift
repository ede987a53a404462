import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

// Everybody is told once, in the order of ids. Each few are one transaction that writes their rows and moves the place up to
// which everybody has been told, so that whatever dies in between, the next to come goes on exactly there.
extension Announcements {
    /// Tells what is to be told, until the task is cancelled. Any number of servers may do it at once.
    public func run() async {
        while !Task.isCancelled {
            do throws(RoadsideError) {
                while let id = try await claim() { try await tell(id) }
            } catch {
                dependencies.logger.warning(
                    "An announcement will be carried on later", metadata: ["error": "\(error)"])
            }
            await bell.wait(atMost: Self.poll)
        }
    }

    /// Takes on one that nobody is working at. Whoever dies leaves it to others after the lease.
    func claim() async throws(RoadsideError) -> ObjectID? {
        let now = dependencies.now()
        let found = try await store.database { () async throws(MongoError) in
            try await store.announcements.findOneAndUpdate(
                ["next_at": ["$lte": .date(now)]], ["$set": ["next_at": .date(now + Self.lease)]], sort: ["next_at": 1],
                projection: ["_id": 1])
        }
        return found?.get("_id")
    }

    /// Carries one on to its end, or until somebody else is found to be at it.
    func tell(_ id: ObjectID) async throws(RoadsideError) {
        while !Task.isCancelled {
            guard let announcement = try await running(id) else { return }
            let page = try await page(of: announcement)
            var place = announcement.cursor
            for some in page.slices {
                guard try await tell(announcement, some, after: place) else { return }
                place = some.last
            }
            if page.isLast {
                try await finish(announcement, at: place)
                return
            }
        }
    }

    private func running(_ id: ObjectID) async throws(RoadsideError) -> Announcement? {
        let document = try await store.database { () async throws(MongoError) in
            try await store.announcements.findOne(
                ["_id": .id(id), "state": .string(Announcement.State.running.rawValue)])
        }
        return Announcement(document)
    }

    /// Those who come next, a few at a time (README decision 27).
    private struct Recipients {
        struct Slice {
            let ids: [ObjectID]
            /// Behind whom it goes on; he himself may have left.
            let last: ObjectID
        }

        let slices: [Slice]
        let isLast: Bool

        /// - Parameter there: those of them who are to be told; nil for all.
        init(_ ids: [ObjectID], there: Set<ObjectID>? = nil, isLast: Bool) {
            slices = stride(from: 0, to: ids.count, by: OfferRules.batch).compactMap { start in
                let some = ids[start..<min(start + OfferRules.batch, ids.count)]
                return some.last.map { last in
                    Slice(ids: some.filter { there?.contains($0) ?? true }, last: last)
                }
            }
            self.isLast = isLast
        }
    }

    private func page(of announcement: Announcement) async throws(RoadsideError) -> Recipients {
        let size = Self.pageSize
        var filter = Self.switchedOn
        var hint = "_id_"
        switch announcement.group {
        case .everybody: break
        case .role(let role):
            filter.append("roles", .string(role.rawValue))
            hint = M0021KeepAudit.roles.name
        case .people(let ids):
            let rest = announcement.cursor.map { cursor in ids.drop { $0 <= cursor } } ?? ids[...]
            let some = Array(rest.prefix(size))
            let there = try await users(filter.and(["_id": ["$in": .array(some.map(BSONValue.id))]]), hint, size)
            return Recipients(some, there: Set(there), isLast: rest.count <= size)
        }
        if let cursor = announcement.cursor { filter.append("_id", ["$gt": .id(cursor)]) }
        let ids = try await users(filter, hint, size)
        return Recipients(ids, isLast: ids.count < size)
    }

    private func users(_ filter: Document, _ hint: String, _ limit: Int) async throws(RoadsideError) -> [ObjectID] {
        let documents = try await store.database { () async throws(MongoError) in
            try await store.users.find(filter, sort: ["_id": 1], projection: ["_id": 1], hint: hint, limit: limit)
        }
        return documents.compactMap { $0.get("_id") }
    }

    /// - Returns: false when somebody else has told them meanwhile.
    private func tell(
        _ announcement: Announcement, _ some: Recipients.Slice, after place: ObjectID?
    ) async throws(RoadsideError) -> Bool {
        let (last, now) = (some.last, dependencies.now())
        let wanted = Self.switchedOn.and(["_id": ["$in": .array(some.ids.map(BSONValue.id))]])
        let rows = try await store.transaction { [inbox] transaction -> [InboxRow]? in
            // Whoever has left or was switched off since the page was read is told nothing, and is not counted.
            let there = try transaction.users.find(
                wanted, sort: ["_id": 1], projection: ["_id": 1], hint: "_id_", limit: OfferRules.batch)
            let recipients = there.compactMap { $0.get("_id", as: ObjectID.self) }
            let moved = try transaction.announcements.updateOne(
                Self.standing(announcement, at: place),
                [
                    "$set": ["cursor": .id(last), "next_at": .date(now + Self.lease)],
                    "$inc": ["told": .int(recipients.count)],
                ])
            guard moved.matched == 1 else { return nil }
            return try inbox.append(recipients.map { Self.entry(announcement, to: $0) }, in: transaction)
        }
        guard let rows else { return false }
        inbox.ring(rows)
        return true
    }

    private func finish(_ announcement: Announcement, at place: ObjectID?) async throws(RoadsideError) {
        let now = dependencies.now()
        try await store.database { () async throws(MongoError) in
            _ = try await store.announcements.updateOne(
                Self.standing(announcement, at: place),
                [
                    "$set": [
                        "state": .string(Announcement.State.finished.rawValue), "finished_at": .date(now),
                    ],
                    "$unset": ["next_at": ""],
                ])
        }
    }

    /// The announcement, if everybody up to this place has been told and nobody behind it.
    private static func standing(_ announcement: Announcement, at place: ObjectID?) -> Document {
        [
            "_id": .id(announcement.id), "state": .string(Announcement.State.running.rawValue),
            "cursor": place.map(BSONValue.id) ?? .null,
        ]
    }

    private static func entry(_ announcement: Announcement, to recipient: ObjectID) -> InboxEntry {
        var body = InboxBody(title: announcement.title, text: announcement.text)
        (body.topic, body.senderID) = (announcement.topic, announcement.author)
        return InboxEntry(recipient: recipient, kind: .message, routes: [], body: body)
    }

    /// Seconds. Ours, and so are the others.
    static let lease = 15.0
    private static let poll = Duration.seconds(5)
    static let pageSize = 500
}
