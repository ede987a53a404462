import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

/// Follows providers to the scene by the positions they send: says departure for them, proposes arrival, and keeps what
/// the customer is told of the time it takes.
struct ApproachFollower: Sendable {
    /// What a job was when this process last looked at it.
    struct Look: Sendable {
        let provider: ObjectID
        let pickup: GeoPoint
        /// By the clock of positions.
        let fixAt: Date
        /// What its customer is told of the time it takes.
        var arrival: ExpectedArrival?
        let promisedAt: Date?
    }

    private let dependencies: Dependencies
    private let travel: Travel
    private let hand: SystemHand
    private let looks = GenerationCache<ObjectID, Look>(limit: 8192)
    private var store: Store { dependencies.store }
    private var plan: SupervisionPlan { dependencies.settings.supervision }

    init(_ dependencies: Dependencies, dispatch: Dispatch) {
        self.dependencies = dependencies
        travel = Travel(dependencies: dependencies)
        hand = SystemHand(dependencies: dependencies, dispatch: dispatch)
        // Nobody is expected any more who has arrived; of a change at another server the next look tells.
        dispatch.inbox.listen { [looks] event in
            guard case .rows(let rows) = event else { return }
            for row in rows where row.kind == .jobStatus && row.body.status?.isApproach == false {
                if let job = row.body.jobID { looks.remove(job) }
            }
        }
    }

    /// What this process knows of a job's way without asking anybody; nil for one it has not looked at.
    func known(_ job: ObjectID, heldBy provider: ObjectID) -> Look? {
        looks.value(for: job).flatMap { $0.provider == provider ? $0 : nil }
    }

    /// Takes in what moved the provider. A failure is logged and costs him nothing: his position is written, and the next
    /// one says the same.
    ///
    /// - Parameter fixes: in order of time, at least one.
    func follow(_ job: ObjectID, heldBy provider: ObjectID, _ fixes: [Fix]) async {
        guard let last = fixes.last, isDue(job, heldBy: provider, last) else { return }
        do throws(RoadsideError) {
            let document = try await store.database { () async throws(MongoError) in
                try await store.services.findOne(["_id": .id(job), "assigned_to": .id(provider)])
            }
            guard let record = JobRecord(document) else { return }
            looks.store(
                Look(
                    provider: provider, pickup: record.pickup.point, fixAt: last.at, arrival: record.arrival,
                    promisedAt: record.estimatedArrival), for: job)
            guard record.status.isApproach, let approach = record.approach else { return }
            try await take(fixes, last, record, approach)
        } catch {
            dependencies.logger.warning(
                "A provider's way could not be followed", metadata: ["job": "\(job)", "error": "\(error)"])
        }
    }

    /// Not for every position: a job is read again when its time may be told anew, and near the pickup, where seconds count.
    private func isDue(_ job: ObjectID, heldBy provider: ObjectID, _ fix: Fix) -> Bool {
        guard let look = known(job, heldBy: provider) else { return true }
        return fix.at.timeIntervalSince(look.fixAt) >= plan.etaSeconds
            || fix.point.distance(to: look.pickup) <= plan.arrivalMetres * 2
    }

    private func take(
        _ fixes: [Fix], _ last: Fix, _ record: JobRecord, _ approach: Approach
    ) async throws(RoadsideError) {
        var progress = approach.progress
        var events: Set<ApproachProgress.Event> = []
        for fix in fixes where approach.fixAt.map({ fix.at > $0 }) ?? true {
            let metres = fix.point.distance(to: record.pickup.point)
            events.formUnion(progress.note(metres: metres, at: fix.at, accuracy: fix.accuracy, plan: plan))
        }
        // The proposal is written with the rows that tell of it.
        if events.contains(.arrived) { progress.proposedAt = approach.progress.proposedAt }
        let expected = await expectation(from: last, record, approach)
        if let expected, var look = looks.value(for: record.id) {
            look.arrival = expected
            looks.store(look, for: record.id)
        }
        if progress != approach.progress || expected != nil || approach.fixAt == nil {
            try await write(progress, expected, last, record, approach)
        }

        if events.contains(.departed), record.status == .accepted {
            try await hand.move(record, by: .depart)
        }
        guard events.contains(.arrived) else { return }
        if plan.arrivesByItself {
            try await hand.move(record, by: .arrive)
        } else {
            try await hand.proposeArrival(record, at: last.at)
        }
    }

    /// nil while what was told last is young enough.
    private func expectation(
        from last: Fix, _ record: JobRecord, _ approach: Approach
    ) async -> ExpectedArrival? {
        let now = dependencies.now()
        if let told = approach.expected, now.timeIntervalSince(told.updatedAt) < plan.etaSeconds { return nil }
        let times = await travel.times(from: [last.point], to: record.pickup.point, at: now)
        return times.first.map { travel.arrival(after: $0, from: now) }
    }

    /// No new version of the job: like a position this is news to who looks, and no change that anybody could collide with.
    private func write(
        _ progress: ApproachProgress, _ expected: ExpectedArrival?, _ last: Fix, _ record: JobRecord,
        _ approach: Approach
    ) async throws(RoadsideError) {
        var set: Document = ["watch.fix_at": .date(last.at)]
        for (name, value) in progress.document { set.append("watch.\(name)", value) }
        for (name, value) in expected?.document ?? [:] { set.append("eta.\(name)", value) }
        var unset = Document()
        if progress.insideSince == nil { unset.append("watch.inside_since", "") }
        if progress.proposedAt == nil, approach.progress.proposedAt != nil { unset.append("watch.proposed_at", "") }
        var update: Document = ["$set": .document(set)]
        if !unset.isEmpty { update.append("$unset", .document(unset)) }
        let change = Update.document(update)
        _ = try await store.database { () async throws(MongoError) in
            try await store.services.updateOne(
                [
                    "_id": .id(record.id), "watch.started_at": .date(approach.progress.startedAt),
                    "$or": [["watch.fix_at": .null], ["watch.fix_at": ["$lt": .date(last.at)]]],
                ], change)
        }
    }
}
