import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

/// Finds providers for open jobs.
///
/// Everything it knows is in the documents: each job that needs attention carries the moment of it
/// (`dispatch.next_timer_at`, or `dispatch.round_at` for one that is served together with others), and each step is a
/// compare-and-set. So any number of servers may run it, one that dies in the middle leaves nothing behind, and what became
/// overdue meanwhile is done first by the next.
public final class Dispatch: Sendable {
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
        dependencies.plan(for: job)
    }

    /// Serves timers until the task is cancelled: at once when a job of this server was written, otherwise at the very
    /// moment, and within a second when another server has died that knew of it.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<Errands.runners { group.addTask { await self.runErrands() } }
            for _ in 0..<Self.hands { group.addTask { await self.lendHand() } }
            group.addTask { await self.keepRounds() }
            group.addTask { await self.keepTime() }
        }
    }

    /// Says that jobs have been written whose timers are due.
    public func wake() {
        clockBell.ring()
    }

    /// The same of one job as it has just been written; nothing when its timer is not due.
    func wake(for job: JobRecord) {
        guard let due = job.search.nextTimerAt, due <= dependencies.now() else { return }
        errands.add(.due(job))
    }

    /// Begins the search for a job that has just been opened, without another look at the database. Its timer is due a
    /// little later, for the case that this process dies before it has got to it.
    ///
    /// - Parameter first: whom its opening has asked already.
    func begin(_ job: JobRecord, knowing known: CandidateSearch.Known?, having first: FirstBatch? = nil) {
        guard job.status == .matching else { return wake(for: job) }
        if let first {
            keepTrace(of: job, first.ring, chosen: first.providers.map(\.id), asked: [], at: first.at)
            if first.isWholeRing { return }
        }
        errands.add(.firstTurn(job, known))
    }

    /// Says that a provider has become free, so that he is asked about what is open around him where somebody is wanted.
    func welcome(_ provider: ProviderProfile) {
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
        while true {
            let before = turns
            turns += await doErrands()
            turns += await withTaskGroup(of: Int.self) { group in
                for _ in 0..<Self.hands { group.addTask { await self.takeOne() ? 1 : 0 } }
                return await group.reduce(0, +)
            }
            if turns > before { continue }
            let wasRound = await takeRound()
            await doErrands()
            return turns + (wasRound ? 1 : 0)
        }
    }

    // MARK: Hands and clock

    private func runErrands() async {
        while !Task.isCancelled {
            await errands.bell.wait(atMost: nil)
            await doErrands()
        }
    }

    /// - Returns: how many turns were among them.
    @discardableResult
    private func doErrands() async -> Int {
        var turns = 0
        while !Task.isCancelled, let errand = errands.next() {
            await run(errand)
            errands.done(errand)
            if case .trace = errand { continue }
            turns += 1
        }
        return turns
    }

    private func run(_ errand: Errands.Errand) async {
        switch errand {
        case .firstTurn(let job, let known):
            await take(Turn(job: job, lease: job.search.nextTimerAt ?? dependencies.now()), knowing: known)
        case .due(let job):
            if let due = job.search.nextTimerAt, job.status.isLive || job.status.isTerminal {
                // What is to be taken back does not depend on what others do meanwhile: nobody has to be kept away.
                await take(Turn(job: job, lease: due))
            } else {
                await takeOne(["_id": .id(job.id)])
            }
        case .trace(let keep):
            await keep()
        case .welcome(let provider):
            do throws(RoadsideError) {
                try await offerOpenJobs(to: provider, isFreed: true)
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
        var swept: ContinuousClock.Instant?
        while !Task.isCancelled {
            var isFirst = true
            while !Task.isCancelled {
                // However many searches are due, nobody's time to answer gets longer: not after a pause of the whole
                // system, nor while turns pile up.
                if swept.map({ $0.duration(to: .now) >= Self.poll }) ?? true {
                    await fireOverdue()
                    swept = .now
                }
                guard await takeOne() else { break }
                // Where two were due there may be many.
                if !isFirst { handBell.ring() }
                isFirst = false
            }
            await clockBell.wait(atMost: await pause(until: "dispatch.next_timer_at"))
        }
    }

    /// Ends every exclusive offer that has run out, before anything else is done for its job: the turn that follows finds
    /// nothing left to end.
    func fireOverdue() async {
        do throws(RoadsideError) {
            let jobs = try await book.jobsWithOverdueOffers(limit: Self.firedAtOnce)
            guard !jobs.isEmpty else { return }
            let documents = try await store.database { () async throws(MongoError) in
                try await store.services.find(["_id": ["$in": .array(jobs.map(BSONValue.id))]], limit: jobs.count)
            }
            // The longest overdue first, as they were asked for; they come in whatever order.
            let places = Dictionary(zip(jobs, 0...), uniquingKeysWith: min)
            let overdue = documents.compactMap(JobRecord.init).sorted {
                places[$0.id, default: 0] < places[$1.id, default: 0]
            }
            await withTaskGroup(of: Void.self) { group in
                for (index, job) in overdue.enumerated() {
                    if index >= Self.hands + 1 { await group.next() }
                    group.addTask {
                        // One that fails has its own timer, and is due again in a second.
                        try? await self.book.expireOverdue(of: job)
                    }
                }
            }
        } catch {
            dependencies.logger.warning("Overdue offers could not be read", metadata: ["error": "\(error)"])
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

    /// - Parameter which: of the jobs that are due, these; the one that has been due longest is taken.
    /// - Returns: false when nothing was due.
    @discardableResult
    private func takeOne(_ which: Document = [:]) async -> Bool {
        do throws(RoadsideError) {
            guard !Task.isCancelled, let turn = try await claim(which) else { return false }
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
    private func claim(_ which: Document) async throws(RoadsideError) -> Turn? {
        let now = dependencies.now()
        let lease = now.addingTimeInterval(Self.leaseSeconds).truncatedToMilliseconds
        let due = which.and(["dispatch.next_timer_at": ["$lte": .date(now)]])
        let document = try await store.database { () async throws(MongoError) in
            try await store.services.findOneAndUpdate(
                due, ["$set": ["dispatch.next_timer_at": .date(lease)]], sort: ["dispatch.next_timer_at": 1])
        }
        return JobRecord(document).map { Turn(job: $0, lease: lease) }
    }

    private func take(_ turn: Turn, knowing known: CandidateSearch.Known? = nil) async {
        do throws(RoadsideError) {
            switch try await attend(to: turn.job, lease: turn.lease, knowing: known) {
            case .at(let moment): try await reschedule(turn, at: moment)
            case .never: try await reschedule(turn, at: nil)
            case .isSet: break
            }
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

    /// Writes a trace when nothing more urgent is to be done.
    func later(_ keep: @escaping @Sendable () async -> Void) {
        errands.add(.trace(keep))
    }

    /// For timers that other servers set and then died.
    private static let poll = Duration.seconds(1)
    /// Jobs attended to at the same time, beside the one at the clock; each waits for the database most of the time.
    private static let hands = 3
    /// Offers ended by one sweep, soonest due first; the rest has its timers and the next sweep.
    private static let firedAtOnce = 500
    /// Far more than a turn takes.
    private static let leaseSeconds = 15.0
    private static let shortestPause = 0.05
}
