import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

// Papers end by themselves; that they do is told.
extension Papers {
    /// Tells until the task is cancelled, once a minute. Any number of servers may do it at once; one writes each notice.
    public func watch() async {
        let pause = Wakeup()
        while !Task.isCancelled {
            do throws(RoadsideError) {
                try await withFreshDeadline { () async throws(RoadsideError) in _ = try await tellOfExpiry() }
            } catch {
                dependencies.logger.warning("Papers about to expire cannot be read", metadata: ["error": "\(error)"])
            }
            await pause.wait(atMost: .seconds(60))
        }
    }

    /// Tells the providers whose papers end within two weeks, and again those whose papers have ended; not about a paper
    /// that another one outlasts.
    ///
    /// - Returns: how many notices it were, of the hundred that are due longest.
    @discardableResult
    public func tellOfExpiry() async throws(RoadsideError) -> Int {
        let now = dependencies.now()
        let due = try await store.database { () async throws(MongoError) in
            try await store.providerDocuments.find(
                ["notice_at": ["$lte": .date(now)]], sort: ["notice_at": 1], limit: 100)
        }
        var told = 0
        for document in due {
            guard let paper = Paper(document, at: now), let end = paper.expiresAt,
                let noticeAt: Date = document.get("notice_at")
            else { continue }
            let isOver = end <= now
            let rows = try await store.transaction { [inbox] transaction -> [InboxRow] in
                let papers = transaction.providerDocuments
                let next: Update =
                    isOver ? ["$unset": ["notice_at": ""]] : ["$set": ["notice_at": .date(end)]]
                let asRead: Document = ["_id": .id(paper.id), "notice_at": .date(noticeAt)]
                guard try papers.updateOne(asRead, next).matched == 1 else { return [] }
                let lasting = try papers.findOne(
                    [
                        "provider_id": .id(paper.providerID), "kind": .string(paper.kind.rawValue),
                        "state": "approved", "expires_at": ["$gt": .date(end)],
                    ], projection: ["_id": 1])
                guard lasting == nil else { return [] }
                return try inbox.append(
                    [Self.notice(isOver ? "paper.expired" : "paper.expiring", of: paper)], in: transaction)
            }
            inbox.ring(rows)
            told += rows.count
        }
        return told
    }
}
