import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

/// Finds providers for open jobs.
///
/// Everything it knows is in the documents: each job that needs attention carries the moment of it
/// (`dispatch.next_timer_at`), and each step is a compare-and-set. So any number of servers may run it, one that dies in
/// the middle leaves nothing behind, and what became overdue meanwhile is done first by the next.
public struct Dispatch: Sendable {
    let dependencies: Dependencies
    let inbox: Inbox
    let book: OfferBook
    let search: ProviderSearch
    private let wakeup = Wakeup()

    init(_ dependencies: Dependencies, inbox: Inbox) {
        self.dependencies = dependencies
        self.inbox = inbox
        book = OfferBook(dependencies: dependencies, inbox: inbox)
        search = ProviderSearch(dependencies: dependencies)
    }

    var store: Store { dependencies.store }
    var plan: SearchPlan { dependencies.settings.searchPlan }
    /// Seconds; whose time is kept for an appointment that begins within them is asked about nothing else.
    var holdAhead: Double { dependencies.settings.bookingHoldAhead.timeInterval }

    /// Serves timers until the task is cancelled: at once when a job of this server was written, within a second when it
    /// was one of another server or when time has done it.
    public func run() async {
        while !Task.isCancelled {
            await settle()
            await wakeup.wait(atMost: Self.poll)
        }
    }

    /// Says that a job has been written whose timer may be due.
    public func wake() {
        wakeup.ring()
    }

    /// Serves every timer that is due, several jobs at a time; returns when none is left.
    ///
    /// - Returns: how many turns were taken.
    @discardableResult
    func settle() async -> Int {
        var turns = 0
        while true {
            // While calls of requests wait for the database, one hand is enough: who asks is answered first. Asked before
            // each turn, since a turn takes some forty calls.
            let hands = store.client.waiting > 0 ? 1 : Self.hands
            let taken = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<hands { group.addTask { await takeOne() ? 1 : 0 } }
                return await group.reduce(0, +)
            }
            turns += taken
            if taken == 0 { return turns }
        }
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

    private func take(_ turn: Turn) async {
        do throws(RoadsideError) {
            let next = try await attend(to: turn.job)
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
        // Never at once: the clock of offers is the database's, and while it is behind ours nothing has run out yet.
        let soonest = dependencies.now().addingTimeInterval(Self.shortestPause)
        let update: Update =
            next.map { ["$set": ["dispatch.next_timer_at": .date(max($0, soonest))]] }
            ?? ["$unset": ["dispatch.next_timer_at": ""]]
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                ["_id": .id(turn.job.id), "dispatch.next_timer_at": .date(turn.lease)], update)
        }
    }

    private struct Turn: Sendable {
        let job: JobRecord
        let lease: Date
    }

    /// For timers that other servers set and for time itself.
    private static let poll = Duration.seconds(1)
    /// Jobs attended to at the same time; each waits for the database most of the time.
    private static let hands = 4
    /// Far more than a turn takes.
    private static let leaseSeconds = 15.0
    private static let shortestPause = 0.2
}
