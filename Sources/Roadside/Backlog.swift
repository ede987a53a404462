import BSON
import Foundation
import Mongo

/// What is due and not done yet, for whoever watches an installation.
public struct Backlog: Sendable {
    /// One kind of work.
    public struct Depth: Sendable, Hashable {
        /// `dispatch`, `watch` or `erasure`.
        public let kind: String
        /// Timers that are due, up to ``most``.
        public let due: Int
        /// For how long the first of them has been, seconds; 0 where none is.
        public let oldest: Double
    }

    /// More is not counted: whoever reads this knows enough by then.
    public static let most = 1000

    private let dependencies: Dependencies
    private let passwords: PasswordThreads

    init(_ dependencies: Dependencies, passwords: PasswordThreads) {
        self.dependencies = dependencies
        self.passwords = passwords
    }

    /// Passwords that wait to be hashed.
    public var passwordsWaiting: Int { passwords.waiting }

    /// Timers in the database that should have been heard by now, of all servers together.
    ///
    /// - Throws: `DATABASE_UNAVAILABLE` and the like.
    public func timers() async throws(RoadsideError) -> [Depth] {
        let store = dependencies.store
        return [
            try await depth("dispatch", of: store.services, "dispatch.next_timer_at"),
            try await depth("watch", of: store.services, "watch.next_at"),
            try await depth("erasure", of: store.erasures, "next_at"),
        ]
    }

    private func depth(
        _ kind: String, of collection: MongoCollection, _ timer: String
    ) async throws(RoadsideError) -> Depth {
        let now = dependencies.now()
        let due = try await dependencies.store.database { () async throws(MongoError) in
            try await collection.find(
                Document(fields: [(timer, .document(["$lte": .date(now)]))]),
                sort: Document(fields: [(timer, .int32(1))]),
                projection: Document(fields: [(timer, .int32(1)), ("_id", .int32(0))]), limit: Self.most)
        }
        let first = due.first?.value(at: timer.split(separator: ".").map(String.init)).flatMap(Date.init(bson:))
        return Depth(kind: kind, due: due.count, oldest: first.map { now.timeIntervalSince($0) } ?? 0)
    }
}
