public import BSON
import FoundationEssentials
import RoadsideRules
import Synchronization

/// The live positions of those who hold jobs, for whoever watches in this process: what is reported here comes from
/// memory, what is reported elsewhere over a ``PositionRelay``.
///
/// A report costs what looking into memory costs; only those of jobs go on from there, and only when they are news.
public final class LivePositions: Sendable {
    private struct Holding: Hashable {
        let job: ObjectID
        let provider: ObjectID
    }

    private let relay: PositionRelay
    private let seats: WatchSeats
    /// What was told last of each job.
    private let told = GenerationCache<ObjectID, LivePosition>(limit: 8192)
    /// Until when a provider whose hands a job has left in this process is not listened to about it: a report of his may
    /// have been under way.
    private let over = GenerationCache<Holding, Date>(limit: 8192)
    private let now: @Sendable () -> Date
    private let listeners = Mutex<[@Sendable (LivePositionEvent) -> Void]>([])

    init(_ dependencies: Dependencies, inbox: Inbox) {
        relay = PositionRelay(dependencies)
        seats = WatchSeats(dependencies)
        now = dependencies.now
        inbox.listen { [weak self] event in
            if case .rows(let rows) = event { for row in rows { self?.hear(row) } }
        }
    }

    /// Registers for what happens. Listeners are called on the thread of whoever reports and must not block.
    public func listen(_ listener: @escaping @Sendable (LivePositionEvent) -> Void) {
        listeners.withLock { $0.append(listener) }
    }

    /// Somebody watches here: until as many have left, positions of other servers are read.
    public func enter() {
        relay.count(1)
    }

    public func leave() {
        relay.count(-1)
    }

    /// What was told last of a job, if anything was.
    public func last(of job: ObjectID) -> LivePosition? {
        told.value(for: job)
    }

    /// The live jobs a caller may watch: those he asked for, the one he holds, for staff the newest hundred. Calls that
    /// come together are answered together.
    public func jobs(for caller: Caller) async throws(RoadsideError) -> [WatchedJob] {
        try await seats.jobs(for: caller)
    }

    /// Brings positions to other servers and those of other servers here, until the task is cancelled.
    public func run() async {
        await relay.run { [weak self] in _ = self?.tell($0) }
    }

    /// What a provider has just reported.
    func show(_ position: LivePosition) {
        if tell(position) { relay.offer(position) }
    }

    @discardableResult
    private func tell(_ position: LivePosition) -> Bool {
        let job = position.jobID
        if let end = over.value(for: Holding(job: job, provider: position.providerID)), now() < end { return false }
        let before = told.value(for: job).flatMap { $0.providerID == position.providerID ? $0.fix : nil }
        guard PositionRules.isNews(position.fix, after: before) else { return false }
        told.store(position, for: job)
        send(.moved(position))
        return true
    }

    /// Who holds a job hears of each of its steps, and of the one by which he has lost it.
    private func hear(_ row: InboxRow) {
        guard row.kind == .jobStatus, let job = row.body.jobID, let status = row.body.status,
            row.recipient != row.body.customer?.id
        else { return }
        let holding = Holding(job: job, provider: row.recipient)
        if status.isLive { return over.remove(holding) }
        over.store(now().addingTimeInterval(Self.longestReport), for: holding)
        told.remove(job)
        relay.forget(job)
        send(.over(job))
    }

    private func send(_ event: LivePositionEvent) {
        for listener in listeners.withLock({ $0 }) { listener(event) }
    }

    /// Seconds; no request lives longer.
    private static let longestReport = 10.0
}
