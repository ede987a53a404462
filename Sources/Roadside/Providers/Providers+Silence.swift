import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

// Who has fallen silent goes off duty (domain §4.4, U15).
extension Providers {
    /// Takes silent providers off duty until the task is cancelled: those who were overdue when the server started at
    /// once, others within a quarter of a minute of their time.
    public func watch() async {
        let pause = Wakeup()
        while !Task.isCancelled {
            do throws(RoadsideError) {
                try await retireSilent()
            } catch {
                // The database is away: they stay overdue, the next round finds them.
                dependencies.logger.warning("Silent providers cannot be read", metadata: ["error": "\(error)"])
            }
            await pause.wait(atMost: Self.poll)
        }
    }

    /// Takes everybody off duty who has sent live positions, was heard of last longer ago than the installation allows,
    /// and waits for a job: never one who has a job, and never one who only has a base. Any number of servers may do it
    /// at once; one of them writes the notice.
    ///
    /// - Returns: how many it were.
    @discardableResult
    func retireSilent() async throws(RoadsideError) -> Int {
        var total = 0
        while !Task.isCancelled {
            let edge = dependencies.now().addingTimeInterval(-dependencies.settings.offlineAfter.timeInterval)
            let silent = Self.silent(since: edge)
            let page = try await store.database { () async throws(MongoError) in
                try await store.mechanics.find(
                    silent, sort: ["fix_at": 1], projection: ["fix_at": 1], limit: Self.page)
            }
            var retired = 0
            for document in page {
                if try await retire(document, where: silent) { retired += 1 }
            }
            total += retired
            // Nobody of a page: others are at it, or these cannot be done now.
            if page.count < Self.page || retired == 0 { return total }
        }
        return total
    }

    /// One provider and his notice, in one transaction. Where he has been heard of, or has got a job, since he was read,
    /// nothing happens.
    private func retire(_ document: Document, where silent: Document) async throws(RoadsideError) -> Bool {
        guard let id: ObjectID = document.get("_id"), let fixAt: Date = document.get("fix_at") else { return false }
        let now = dependencies.now()
        let rows = try await store.transaction { transaction -> [InboxRow] in
            let unchanged = silent.and(ProviderProfile.hasNoJob).and(["_id": .id(id), "$and": [["fix_at": .date(fixAt)]]])
            let update = ProviderProfile.update(
                setting: ["availability": .string(Availability.offline.rawValue)], at: now, dutyEndingAt: fixAt)
            guard try transaction.mechanics.updateOne(unchanged, update).matched == 1 else { return [] }
            var body = InboxBody(message: "provider.auto_offline")
            body.topic = "account"
            return try inbox.append(
                [InboxEntry(recipient: id, kind: .message, routes: [], body: body)], in: transaction)
        }
        inbox.ring(rows)
        return !rows.isEmpty
    }

    /// Who has come on duty or finished a job since then is waited for as long as one who was heard of.
    private static func silent(since edge: Date) -> Document {
        [
            "dispatchable": true, "fix_at": ["$lt": .date(edge)],
            "available_since": ["$not": ["$gte": .date(edge)]],
        ]
    }

    private static let poll = Duration.seconds(15)
    private static let page = 50
}
