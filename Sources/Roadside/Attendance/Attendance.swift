public import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules
import Synchronization

/// Who is online: connected to a server that lives (realtime.md §3.9).
///
/// Each server holds a lease and keeps a row for everybody who is connected to it. The rows are written many at a time, a
/// few seconds after somebody has come or gone, so a connection costs the database nothing while it lasts; and they count
/// only together with the lease, so that everybody is offline a lease's length after his server has died.
public final class Attendance: Sendable {
    public typealias ShiftListener = @Sendable (_ user: ObjectID, _ isOnShift: Bool) -> Void

    private let store: Store
    private let settings: RoadsideSettings
    private let logger: Logger
    private let book: Mutex<AttendanceBook>
    private let listeners = Mutex<[ShiftListener]>([])

    init(_ dependencies: Dependencies) {
        store = dependencies.store
        settings = dependencies.settings
        logger = dependencies.logger
        book = Mutex(AttendanceBook(grace: dependencies.settings.presenceGrace))
    }

    /// Somebody has connected, once more perhaps; each call asks for one of ``leave(_:)``.
    ///
    /// - Returns: whether he is known to be a provider on shift.
    @discardableResult
    public func enter(_ user: ObjectID) -> Bool { book.withLock { $0.enter(user) } }

    public func leave(_ user: ObjectID) {
        let now = ContinuousClock.now
        book.withLock { $0.leave(user, at: now) }
    }

    /// Registers for providers among the connected who go on or off shift; a few seconds late.
    public func whenShiftChanges(_ listener: @escaping ShiftListener) {
        listeners.withLock { $0.append(listener) }
    }

    /// Those of these users who are online, on whichever server.
    public func online(among users: [ObjectID]) async throws(RoadsideError) -> Set<ObjectID> {
        let now = ContinuousClock.now
        let here = book.withLock { $0.present(among: users, at: now) }
        let others = users.filter { !here.contains($0) }
        guard !others.isEmpty else { return here }
        let rows = try await store.lease { lease throws(MongoError) in
            try lease.presence.find(
                ["user_id": .ids(others), "incarnation": .ids(Self.living(lease))],
                projection: ["user_id": 1, "_id": 0])
        }
        return here.union(rows.compactMap { $0.get("user_id", as: ObjectID.self) })
    }

    /// How many providers are online, each counted once however many servers know him.
    public func onlineProviders() async throws(RoadsideError) -> Int {
        try await store.lease { lease throws(MongoError) in
            let count = try lease.presence.aggregate([
                ["$match": ["incarnation": .ids(Self.living(lease)), "is_provider": true]],
                ["$group": ["_id": "$user_id"]], ["$count": "n"],
            ])
            return count.first?.get("n") ?? 0
        }
    }

    private static func living(_ lease: MongoLease) throws(MongoError) -> [ObjectID] {
        try lease.instances.find(InstanceLease.living, projection: ["_id": 1]).compactMap { $0.get("_id") }
    }
}

// What goes on all the time.
extension Attendance {
    /// Keeps the lease and the rows until the task is cancelled. Nothing is taken back then: whoever is told to come back
    /// does so, to whichever server, before the lease has run out.
    public func run() async {
        var lease = InstanceLease(lifetime: settings.instanceLease)
        var number = 0
        var isFailing = false
        repeat {
            do throws(RoadsideError) {
                try await turn(&lease, number)
                isFailing = false
            } catch {
                if !isFailing, !Task.isCancelled {
                    logger.warning("Presence could not be written", metadata: ["error": "\(error)"])
                }
                isFailing = true
            }
            number += 1
        } while (try? await Task.sleep(for: settings.instanceRenewal)) != nil
    }

    func turn(_ lease: inout InstanceLease, _ number: Int) async throws(RoadsideError) {
        if try await lease.renew(store) { book.withLock { $0.beginAnew() } }
        let now = ContinuousClock.now
        let changes = book.withLock { $0.due(atMost: Self.changesOfTurn, at: now) }
        try await learn(changes.arrivals)
        try await write(changes, under: lease.incarnation)
        guard number.isMultiple(of: Self.turnsOfRound) else { return }
        try await learn(book.withLock(\.providers))
        try await sweep()
    }

    private func write(_ changes: AttendanceBook.Changes, under incarnation: ObjectID) async throws(RoadsideError) {
        for arrivals in changes.arrivals.pieces(of: Self.rowsAtOnce) {
            let rows = book.withLock { book in
                arrivals.map { user in
                    BulkWrite.updateOne(
                        ["user_id": .id(user), "incarnation": .id(incarnation)],
                        ["$set": ["is_provider": .bool(book.isProvider(user))]], upsert: true)
                }
            }
            try await store.database { () async throws(MongoError) in
                _ = try await store.presence.bulk(rows, ordered: false)
            }
            book.withLock { $0.wrote(arrivals) }
        }
        for departures in changes.departures.pieces(of: Self.rowsAtOnce) {
            try await store.database { () async throws(MongoError) in
                _ = try await store.presence.deleteMany([
                    "user_id": .ids(departures), "incarnation": .id(incarnation),
                ])
            }
            book.withLock { $0.removed(departures) }
        }
    }

    /// Looks up who of them are providers, and who of these are on shift.
    private func learn(_ users: [ObjectID]) async throws(RoadsideError) {
        for users in users.pieces(of: Self.rowsAtOnce) {
            let profiles = try await store.database { () async throws(MongoError) in
                try await store.mechanics.find(
                    ["_id": .ids(users)], projection: ["availability": 1], limit: users.count)
            }
            let shifts = profiles.reduce(into: [ObjectID: Bool]()) { shifts, profile in
                let availability = profile.get("availability").flatMap(Availability.init(rawValue:))
                if let id: ObjectID = profile.get("_id") {
                    shifts[id] = availability == .available || availability == .busy
                }
            }
            let news = book.withLock { $0.learn(users, shifts: shifts) }
            let listeners = listeners.withLock { $0 }
            for (user, isOnShift) in news {
                for listener in listeners { listener(user, isOnShift) }
            }
        }
    }

    /// Removes what servers have left behind that died a while ago. Whoever does it twice does no harm: none of them
    /// comes back under the same name.
    private func sweep() async throws(RoadsideError) {
        try await store.database { () async throws(MongoError) in
            for row in try await store.instances.find(InstanceLease.dead(for: Self.mourning), projection: ["_id": 1]) {
                guard let incarnation: ObjectID = row.get("_id") else { continue }
                try await store.presence.deleteMany(["incarnation": .id(incarnation)])
                try await store.instances.deleteOne(["_id": .id(incarnation)])
            }
        }
    }

    /// Rows of one statement, and changes of one turn: when everybody comes back at once, there is more urgent work. Ours.
    private static let rowsAtOnce = 250
    private static let changesOfTurn = 1000
    /// Shifts are looked at, and the dead are swept, every so many turns. Ours.
    private static let turnsOfRound = 5
    /// After a server's death its people come back to others; its rows can wait. Ours.
    private static let mourning = Duration.seconds(60)
}

extension BSONValue {
    /// The condition that a field is one of these.
    fileprivate static func ids(_ ids: [ObjectID]) -> BSONValue { ["$in": .array(ids.map(BSONValue.id))] }
}

extension Array {
    /// The elements in their order, so many at a time.
    fileprivate func pieces(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
