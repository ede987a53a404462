import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules
import Synchronization

/// Finds providers for open jobs.
///
/// Everything it knows is in the documents: each job that needs attention carries the moment of it
/// (`dispatch.next_timer_at`, or `dispatch.round_at` for one that is served together with others), and each step is a
/// compare-and-set. So any number of servers may run it, one that dies in the middle leaves nothing behind, and what became
/// overdue meanwhile is done first by the next.
public struct Dispatch: Sendable {
    let dependencies: Dependencies
    let inbox: Inbox
    let book: OfferBook
    let search: ProviderSearch
    let candidates: CandidateSearch
    let traces: DispatchTraces
    private let clockBell = WorkBell()
    private let handBell = WorkBell()
    let roundBell = WorkBell()
    private let errands = Errands()

    init(_ dependencies: Dependencies, inbox: Inbox) {
        self.dependencies = dependencies
        self.inbox = inbox
        book = OfferBook(dependencies: dependencies, inbox: inbox)
        search = ProviderSearch(dependencies: dependencies)
        candidates = CandidateSearch(dependencies)
        traces = DispatchTraces(dependencies)
    }

    var store: Store { dependencies.store }

    func plan(for job: JobRecord) -> (plan: SearchPlan, code: String) {
        dependencies.plan(for: job.serviceType, at: job.pickup.point)
    }

    /// Serves timers until the task is cancelled: at once when a job of this server was written, otherwise at the very
    /// moment, and within a second when another server has died that knew of it.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<Self.runners { group.addTask { await runErrands() } }
            for _ in 0..<Self.hands { group.addTask { await lendHand() } }
            group.addTask { await keepRounds() }
            group.addTask { await keepTime() }
        }
    }

    /// Says that a job has been written whose timer may be due.
    public func wake() {
        clockBell.ring()
    }

    /// Begins the search for a job that has just been opened, without another look at the database. Its timer is due a
    /// little later, for the case that this process dies before it has got to it.
    func begin(_ job: JobRecord, knowing known: CandidateSearch.Known?) {
        guard job.status == .matching else { return wake() }
        errands.add(.firstTurn(job, known))
    }

    /// Says that a provider has become free, so that he is told of what is open around him.
    func welcome(_ provider: ObjectID) {
        errands.add(.welcome(provider))
    }

    /// When the timer of a job is due whose first turn this process takes at once.
    static func firstTurnLease(from now: Date) -> Date { now.addingTimeInterval(2).truncatedToMilliseconds }

    /// Serves every timer that is due, several jobs at a time; returns when none is left.
    ///
    /// - Returns: how many turns were taken.
    @discardableResult
    func settle() async -> Int {
        var turns = 0
        while let errand = errands.next() {
            await run(errand)
            turns += 1
        }
        while true {
            let taken = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<Self.hands { group.addTask { await takeOne() ? 1 : 0 } }
                return await group.reduce(0, +)
            }
            turns += taken + (await takeRound() ? 1 : 0)
            if taken == 0 { return turns }
        }
    }

    // MARK: Hands and clock

    private func runErrands() async {
        while !Task.isCancelled {
            await errands.bell.wait(atMost: nil)
            while let errand = errands.next() { await run(errand) }
        }
    }

    private func run(_ errand: Errands.Errand) async {
        switch errand {
        case .firstTurn(let job, let known):
            await take(Turn(job: job, lease: job.search.nextTimerAt ?? dependencies.now()), knowing: known)
        case .welcome(let provider):
            do throws(RoadsideError) {
                try await offerOpenJobs(to: provider)
            } catch {
                // A search that goes on finds him by itself a little later.
                dependencies.logger.warning(
                    "Open jobs could not be offered to a provider who is free again", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Helps the hand at the clock when that finds one due job after the other.
    private func lendHand() async {
        while !Task.isCancelled {
            await handBell.wait(atMost: nil)
            while !Task.isCancelled, await takeOne() { handBell.ring() }
        }
    }

    /// The hand that looks at the clock: nobody rings when a moment has come.
    private func keepTime() async {
        while !Task.isCancelled {
            var isFirst = true
            while !Task.isCancelled, await takeOne() {
                // Where two were due there may be many.
                if !isFirst { handBell.ring() }
                isFirst = false
            }
            await clockBell.wait(atMost: await pause(until: "dispatch.next_timer_at"))
        }
    }

    /// Serves jobs that wait for each other, each time a round begins.
    private func keepRounds() async {
        while !Task.isCancelled {
            while !Task.isCancelled, await takeRound() {}
            await roundBell.wait(atMost: await pause(until: "dispatch.round_at"))
        }
    }

    /// Until the first of the timers, and never longer than a second: another server may set an earlier one.
    private func pause(until timer: String) async -> Duration {
        let first = try? await store.services.findOne(
            [timer: ["$exists": true]], sort: [timer: 1], projection: [timer: 1])
        guard
            let moment = first?.value(at: ["dispatch", String(timer.split(separator: ".")[1])])
                .flatMap(Date.init(bson:))
        else { return Self.poll }
        let seconds = moment.timeIntervalSince(dependencies.now())
        return min(max(.seconds(seconds), .milliseconds(1)), Self.poll)
    }

    /// - Returns: false when nothing was due.
    private func takeOne() async -> Bool {
        do throws(RoadsideError) {
            guard !Task.isCancelled, let turn = try await claim() else { return false }
            await take(turn)
            return true
        } catch {
            // The database is away: the timers stay due, the next round finds them.
            dependencies.logger.warning("The dispatcher cannot read its timers", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// A due job, its timer put off so that nobody else takes it up meanwhile. Should this process die, it is due again
    /// when that time is over.
    private func claim() async throws(RoadsideError) -> Turn? {
        let now = dependencies.now()
        let lease = now.addingTimeInterval(Self.leaseSeconds).truncatedToMilliseconds
        let document = try await store.database { () async throws(MongoError) in
            try await store.services.findOneAndUpdate(
                ["dispatch.next_timer_at": ["$lte": .date(now)]], ["$set": ["dispatch.next_timer_at": .date(lease)]],
                sort: ["dispatch.next_timer_at": 1])
        }
        return JobRecord(document).map { Turn(job: $0, lease: lease) }
    }

    private func take(_ turn: Turn, knowing known: CandidateSearch.Known? = nil) async {
        do throws(RoadsideError) {
            let next = try await attend(to: turn.job, knowing: known)
            try await reschedule(turn, at: next)
        } catch {
            // Put off until the lease is over; other jobs do not wait for this one.
            dependencies.logger.warning(
                "A job's search failed and will be tried again",
                metadata: ["job": "\(turn.job.number)", "error": "\(error)", "cause": "\(error.underlying ?? "-")"])
        }
    }

    /// Only while the lease is ours: whoever changed the job meanwhile has set a timer of his own.
    private func reschedule(_ turn: Turn, at next: Date?) async throws(RoadsideError) {
        let update: Update =
            next.map { ["$set": ["dispatch.next_timer_at": .date(soonest($0))]] }
            ?? ["$unset": ["dispatch.next_timer_at": ""]]
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                ["_id": .id(turn.job.id), "dispatch.next_timer_at": .date(turn.lease)], update)
        }
    }

    /// Never at once: the clock of offers is the database's, and while it is behind ours nothing has run out yet.
    func soonest(_ moment: Date) -> Date {
        max(moment, dependencies.now().addingTimeInterval(Self.shortestPause))
    }

    private struct Turn: Sendable {
        let job: JobRecord
        let lease: Date
    }

    /// For timers that other servers set and then died.
    private static let poll = Duration.seconds(1)
    /// Jobs attended to at the same time, beside the one at the clock; each waits for the database most of the time.
    private static let hands = 3
    /// First turns taken at the same time. More only make each slower: the database has one core or two.
    private static let runners = 3
    /// Far more than a turn takes.
    private static let leaseSeconds = 15.0
    private static let shortestPause = 0.05
}

/// What this process has to do at once, in order. Kept in memory only: whatever is lost with the process is due again by a
/// timer in the database.
private final class Errands: Sendable {
    enum Errand: Sendable {
        case firstTurn(JobRecord, CandidateSearch.Known?)
        case welcome(ObjectID)
    }

    let bell = WorkBell()
    private let waiting = Mutex<Deque>(Deque())

    func add(_ errand: Errand) {
        waiting.withLock { $0.items.append(errand) }
        bell.ring()
    }

    func next() -> Errand? { waiting.withLock { $0.next() } }

    /// First in, first out, without moving everybody up each time.
    private struct Deque {
        var items: [Errand] = []
        private var first = 0

        mutating func next() -> Errand? {
            guard first < items.count else { return nil }
            defer {
                first += 1
                if first > 64 || first == items.count {
                    items.removeFirst(first)
                    first = 0
                }
            }
            return items[first]
        }
    }
}
