import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension PersonalData {
    /// All of it at once. Lists are read page by page, so that no query is long; the answer is as long as the life it tells.
    ///
    /// - Throws: `NOT_FOUND` when he no longer exists.
    public func export(_ caller: Caller) async throws(RoadsideError) -> PersonalRecord {
        let account = try await accounts.account(caller.userID)
        let works = caller.role == .customer || caller.role == .provider
        return PersonalRecord(
            account: account,
            jobs: works
                ? try await all { request throws(RoadsideError) in try await jobs.history(caller, request) } : [],
            bookings: works
                ? try await all { request throws(RoadsideError) in try await bookings.history(caller, request) } : [],
            notifications: try await all { request throws(RoadsideError) in
                try await inbox.list(recipient: caller.userID, request)
            }, sessions: try await sessions(of: caller))
    }

    private func sessions(of caller: Caller) async throws(RoadsideError) -> [SessionSummary] {
        let living = try await store.database { () async throws(MongoError) in
            try await store.sessions.find([
                "user_id": .id(caller.userID), "state": .string(Session.State.active.rawValue),
            ])
        }
        return living.compactMap { SessionSummary($0, asking: caller) }.sorted { $0.startedAt > $1.startedAt }
    }

    /// Every item of a list.
    private func all<Item>(
        _ page: (PageRequest) async throws(RoadsideError) -> Page<Item>
    ) async throws(RoadsideError) -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let next = try await page(.after(cursor, limit: PageRequest.sizes.upperBound))
            items += next.items
            cursor = next.nextCursor
        } while cursor != nil
        return items
    }
}
