import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules
import Synchronization

/// Live positions on their way between the servers of one database.
///
/// They go over a capped collection, written with one server's word and no journal, a group at a time, and at most one in
/// two seconds of each job (realtime.md §3.6). Whoever has watchers reads its end with a tailable cursor.
///
/// Not with a change stream, although that would take less code: a change stream searches the whole oplog, which is every
/// write of the platform, for the few that are these, and shows only what a majority has. Measured on MongoDB 6.0.5 beside
/// 2,000 updates and 500 of these inserts a second, as a share of a core of the database: one stream adds 9 % and four add
/// 19 %, one tailable cursor adds 1 % and four add 4 %. What such a cursor may lose, when it is interrupted or overtaken, is
/// an old position; the next is due in two seconds.
final class PositionRelay: Sendable {
    private struct State {
        var queue: RelayQueue
        var watchers = 0
    }

    private let store: Store
    private let logger: Logger
    /// Marks what this process has written, which it has told itself.
    private let origin = ObjectID()
    private let state: Mutex<State>
    private let toSend = Wakeup()
    private let toRead = Wakeup()

    init(_ dependencies: Dependencies) {
        store = dependencies.store
        logger = dependencies.logger
        state = Mutex(State(queue: RelayQueue(interval: dependencies.settings.positionRelayInterval)))
    }

    /// So many more watch here, or fewer.
    func count(_ change: Int) {
        let isFirst = state.withLock { state in
            state.watchers += change
            return change > 0 && state.watchers == change
        }
        if isFirst { toRead.ring() }
    }

    /// Takes a position that other servers shall have, sooner or later: only the newest of a job is on its way.
    func offer(_ position: LivePosition) {
        state.withLock { $0.queue.put(position, now: .now) }
        toSend.ring()
    }

    /// The job is over here: what waits of it goes nowhere.
    func forget(_ job: ObjectID) {
        state.withLock { $0.queue.forget(job) }
    }

    /// Writes and reads until the task is cancelled.
    ///
    /// - Parameter receive: is given the positions that other servers have written.
    func run(_ receive: @escaping @Sendable (LivePosition) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.write() }
            group.addTask { await self.read(receive) }
        }
    }

    private func write() async {
        while !Task.isCancelled {
            let now = ContinuousClock.now
            let (positions, next) = state.withLock { ($0.queue.take(now: now), $0.queue.due) }
            if !positions.isEmpty { await send(positions) }
            await toSend.wait(atMost: next.map { now.duration(to: $0) } ?? Self.idle)
            try? await Task.sleep(for: Self.gathering)
        }
    }

    private func send(_ positions: [LivePosition]) async {
        do throws(MongoError) {
            _ = try await store.client.run([
                "insert": .string(store.livePositions.name),
                "documents": .array(positions.map { .document($0.relayed(from: origin)) }), "ordered": false,
                "writeConcern": ["w": 1, "j": false],
            ])
        } catch {
            // The next are due before anybody would have read these.
            logger.warning("Positions could not be passed on", metadata: ["error": "\(error)"])
        }
    }

    private func read(_ receive: @Sendable (LivePosition) -> Void) async {
        while !Task.isCancelled {
            guard isWatched else {
                await toRead.wait(atMost: Self.idle)
                continue
            }
            var isLeft = false
            for await event in store.client.tail(store.livePositions.name, filter: ["origin": ["$ne": .id(origin)]]) {
                switch event {
                case .opened: break
                case .change(let document):
                    if let position = LivePosition(relayed: document) { receive(position) }
                case .interrupted(let error):
                    logger.warning("Positions of other servers may come late", metadata: ["error": "\(error)"])
                }
                isLeft = !isWatched
                if isLeft { break }
            }
            // It ends by itself only with the client. Who watches now is not asked: somebody may have come since.
            if !isLeft { return }
        }
    }

    private var isWatched: Bool { state.withLock { $0.watchers > 0 } }

    /// How long the first waits for others, so that many jobs cost one write. Ours: nobody sees a car move for so long.
    private static let gathering = Duration.milliseconds(20)
    /// Whoever has something rings.
    private static let idle = Duration.seconds(5)
}

/// What is to be written of the positions of jobs: of each the newest, and not sooner than an interval after the one before.
struct RelayQueue {
    private struct Place {
        var waiting: LivePosition?
        var freeAt: ContinuousClock.Instant
    }

    private let interval: Duration
    private var places: [ObjectID: Place] = [:]

    init(interval: Duration) { self.interval = interval }

    var count: Int { places.count }

    /// A newer one takes the place of an older one; an older one is dropped.
    mutating func put(_ position: LivePosition, now: ContinuousClock.Instant) {
        if let waiting = places[position.jobID]?.waiting, waiting.providerID == position.providerID,
            waiting.fix.at >= position.fix.at
        {
            return
        }
        places[position.jobID, default: Place(freeAt: now)].waiting = position
    }

    /// Nothing is written of what waits; the pace stays.
    mutating func forget(_ job: ObjectID) {
        places[job]?.waiting = nil
    }

    /// Takes out what may be written now, and forgets the jobs that have been quiet for an interval.
    mutating func take(now: ContinuousClock.Instant) -> [LivePosition] {
        var due: [LivePosition] = []
        for (job, place) in places where place.freeAt <= now {
            if let position = place.waiting {
                due.append(position)
                places[job] = Place(freeAt: now + interval)
            } else {
                places[job] = nil
            }
        }
        return due
    }

    /// When the next may be written; nil while nothing waits.
    var due: ContinuousClock.Instant? {
        places.values.lazy.filter { $0.waiting != nil }.map(\.freeAt).min()
    }
}
