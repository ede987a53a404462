import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

/// Watches providers on their way, and takes the job from those who fall silent, come no nearer, or break their promise
/// (domain §4.4). The customer keeps his price and need do nothing; after five such losses the job expires.
///
/// Like ``Dispatch`` it knows nothing that is not in the documents: each job on whose way somebody is carries the moment at
/// which it wants to be looked at (`watch.next_at`). Any number of servers may run it, and what became overdue while none
/// did is done first by the next.
public struct Supervision: Sendable {
    private let dependencies: Dependencies
    private let travel: Travel
    private let hand: SystemHand
    private let alarm = Wakeup()
    private var store: Store { dependencies.store }
    private var plan: SupervisionPlan { dependencies.settings.supervision }

    init(_ dependencies: Dependencies, dispatch: Dispatch) {
        self.dependencies = dependencies
        travel = Travel(dependencies: dependencies)
        hand = SystemHand(dependencies: dependencies, dispatch: dispatch)
    }

    /// Serves timers until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await settle()
            await alarm.wait(atMost: Self.poll)
        }
    }

    /// Serves every timer that is due; returns when none is left.
    ///
    /// - Returns: how many jobs were looked at.
    @discardableResult
    func settle() async -> Int {
        var looked = 0
        do throws(RoadsideError) {
            while !Task.isCancelled, let turn = try await claim() {
                looked += 1
                await take(turn)
            }
        } catch {
            // The database is away: the timers stay due, the next round finds them.
            dependencies.logger.warning(
                "Providers on their way cannot be looked at", metadata: ["error": "\(error)"])
        }
        return looked
    }

    private struct Turn: Sendable {
        let job: JobRecord
        let lease: Date
    }

    /// A due job, its timer put off so that nobody else looks at it meanwhile. Should this process die, it is due again
    /// when that time is over.
    private func claim() async throws(RoadsideError) -> Turn? {
        let now = dependencies.now()
        let lease = now.addingTimeInterval(Self.leaseSeconds).truncatedToMilliseconds
        let document = try await store.database { () async throws(MongoError) in
            try await store.services.findOneAndUpdate(
                ["watch.next_at": ["$lte": .date(now)]], ["$set": ["watch.next_at": .date(lease)]],
                sort: ["watch.next_at": 1])
        }
        return JobRecord(document).map { Turn(job: $0, lease: lease) }
    }

    private func take(_ turn: Turn) async {
        do throws(RoadsideError) {
            if turn.job.status.isApproach {
                try await judge(turn)
            } else {
                try await learn(from: turn.job)
            }
        } catch {
            // Put off until the lease is over; other jobs do not wait for this one.
            dependencies.logger.warning(
                "A provider on his way could not be judged and will be looked at again",
                metadata: ["job": "\(turn.job.number)", "error": "\(error)", "cause": "\(error.underlying ?? "-")"])
        }
    }

    /// Looks without a transaction first, since nearly always there is nothing to be done.
    private func judge(_ turn: Turn) async throws(RoadsideError) {
        let (job, plan, now) = (turn.job, plan, dependencies.now())
        guard let approach = job.approach, let provider = job.assignedTo else { return }
        let document = try await store.database { () async throws(MongoError) in
            try await store.mechanics.findOne(["_id": .id(provider)])
        }
        let facts = SupervisionFacts(approach, of: job, document.flatMap { try? ProviderProfile($0) })
        switch SupervisionRules.judge(facts, plan, now: now) {
        case .wait(let moment): try await reschedule(turn, at: max(moment, now.addingTimeInterval(Self.shortestPause)))
        case .reallocate:
            let isDone = try await hand.move(job) { [dependencies] job, approach, profile in
                let facts = SupervisionFacts(approach, of: job, profile)
                guard case .reallocate(let reason) = SupervisionRules.judge(facts, plan, now: dependencies.now()) else {
                    return nil
                }
                return .reallocate(reason: reason.rawValue)
            }
            // Heard of in this very moment: when his time runs out now is for the next look to find.
            if !isDone { try await reschedule(turn, at: now.addingTimeInterval(Self.shortestPause)) }
        }
    }

    /// Only while the lease is ours: whoever changed the job meanwhile has set a timer of his own.
    private func reschedule(_ turn: Turn, at next: Date) async throws(RoadsideError) {
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                ["_id": .id(turn.job.id), "watch.next_at": .date(turn.lease)],
                ["$set": ["watch.next_at": .date(next)]])
        }
    }

    /// A way that has come to its end is learned from once: what it teaches and that it has taught go into one transaction.
    private func learn(from seen: JobRecord) async throws(RoadsideError) {
        try await store.transaction { transaction in
            guard let job = JobRecord(try transaction.services.findOne(["_id": .id(seen.id)])), !job.status.isApproach,
                let approach = job.approach
            else { return }
            try transaction.services.updateOne(["_id": .id(job.id)], ["$unset": ["watch": ""]])
            // Whose positions nobody saw may have started from anywhere.
            guard let arrivedAt = approach.arrivedAt, approach.fixAt != nil, let metres = approach.progress.startMetres
            else { return }
            let startedAt = approach.progress.startedAt
            try travel.learn(
                metres: metres, seconds: arrivedAt.timeIntervalSince(startedAt), to: job.pickup.point, at: startedAt,
                in: transaction)
        }
    }

    /// Windows are minutes; a second more or less does not count.
    private static let poll = Duration.seconds(1)
    /// Far more than a look takes.
    private static let leaseSeconds = 15.0
    private static let shortestPause = 1.0
}

extension SupervisionFacts {
    init(_ approach: Approach, of job: JobRecord, _ profile: ProviderProfile?) {
        self.init(
            progress: approach.progress, fixAt: profile?.fixAt,
            metres: profile?.location?.distance(to: job.pickup.point), promisedBy: approach.promisedBy)
    }
}
