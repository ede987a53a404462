import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

// Who has fallen silent, and who has been on duty for as long as is allowed, goes off duty (domain §4.4, U15, U17).
extension Providers {
    /// Takes providers off duty until the task is cancelled: those who were overdue when the server started at once,
    /// others within a quarter of a minute of their time.
    public func watch() async {
        let pause = Wakeup()
        while !Task.isCancelled {
            do throws(RoadsideError) {
                try await retireSilent()
                try await retireSpent()
            } catch {
                // The database is away: they stay overdue, the next round finds them.
                dependencies.logger.warning("Overdue providers cannot be read", metadata: ["error": "\(error)"])
            }
            await pause.wait(atMost: Self.poll)
        }
    }

    /// Takes everybody off duty who has sent live positions, was heard of last longer ago than the installation allows,
    /// and waits for a job: never one who has a job, and never one who only has a base. His duty was over when he was last
    /// heard of. Any number of servers may do it at once; one of them writes the notice.
    ///
    /// - Returns: how many it were.
    @discardableResult
    public func retireSilent() async throws(RoadsideError) -> Int {
        let limit = dependencies.settings.offlineAfter.timeInterval
        return try await retire("fix_at", notice: "provider.auto_offline", endsThen: true) {
            Self.silent(since: $0 - limit)
        }
    }

    /// Takes everybody off duty who has been on it without a rest for as long as the installation allows in a day, and
    /// waits for a job. Nobody who forgot to go off duty is left out of searches without being told, and his rest begins.
    ///
    /// - Returns: how many it were.
    @discardableResult
    public func retireSpent() async throws(RoadsideError) -> Int {
        let limit = dependencies.settings.dutyLimit.timeInterval
        guard limit < DutyRules.window else { return 0 }
        return try await retire("on_duty_since", notice: "provider.duty_over", endsThen: false) {
            ["dispatchable": true, "on_duty_since": ["$lte": .date($0 - limit)]]
        }
    }

    /// Page by page, oldest first.
    ///
    /// - Parameters:
    ///   - field: the moment that is long ago.
    ///   - endsThen: whether duty ended at that moment; now, otherwise.
    ///   - overdue: whom to look for at this time.
    private func retire(
        _ field: String, notice: String, endsThen: Bool, _ overdue: (Date) -> Document
    ) async throws(RoadsideError) -> Int {
        var total = 0
        while !Task.isCancelled {
            let now = dependencies.now()
            let filter = overdue(now)
            let page = try await store.database { () async throws(MongoError) in
                try await store.mechanics.find(filter, sort: [field: 1], projection: [field: 1], limit: Self.page)
            }
            var retired = 0
            for document in page {
                guard let id: ObjectID = document.get("_id"), let moment: Date = document.get(field) else { continue }
                // As he was read: who has been heard of, or has got a job, since then is left alone.
                let unchanged = filter.and(ProviderProfile.hasNoJob).and([
                    "_id": .id(id), "$and": [[field: .date(moment)]],
                ])
                let update = ProviderProfile.update(
                    setting: ["availability": .string(Availability.offline.rawValue)], at: now,
                    dutyEndingAt: endsThen ? moment : nil)
                if try await retire(id, unchanged, update, notice: notice) { retired += 1 }
            }
            total += retired
            // Nobody of a page: others are at it, or these cannot be done now.
            if page.count < Self.page || retired == 0 { return total }
        }
        return total
    }

    /// One provider and his notice, in one transaction.
    private func retire(
        _ id: ObjectID, _ unchanged: Document, _ update: Update, notice: String
    ) async throws(RoadsideError) -> Bool {
        let rows = try await store.transaction { [inbox] transaction -> [InboxRow] in
            guard try transaction.mechanics.updateOne(unchanged, update).matched == 1 else { return [] }
            var body = InboxBody(message: notice)
            body.topic = "account"
            return try inbox.append(
                [InboxEntry(recipient: id, kind: .message, routes: [], body: body)], in: transaction)
        }
        inbox.ring(rows)
        return !rows.isEmpty
    }

    /// Who has come on duty or finished a job since then is waited for as long as one who was heard of.
    static func silent(since edge: Date) -> Document {
        [
            "dispatchable": true, "fix_at": ["$lt": .date(edge)],
            "available_since": ["$not": ["$gte": .date(edge)]],
        ]
    }

    private static let poll = Duration.seconds(15)
    private static let page = 50
}
