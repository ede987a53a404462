import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// What the system itself does with a job on whose way a provider is: a transaction each, that reads everything again, since
/// the provider, the customer or another server may have been quicker.
struct SystemHand: Sendable {
    private let dependencies: Dependencies
    private let dispatch: Dispatch
    private let writer: JobWriter
    private var inbox: Inbox { dispatch.inbox }
    private var store: Store { dependencies.store }

    init(dependencies: Dependencies, dispatch: Dispatch) {
        self.dependencies = dependencies
        self.dispatch = dispatch
        writer = JobWriter(dependencies: dependencies, inbox: dispatch.inbox)
    }

    /// Gives a command when the job is still on the same way and `judge` still wants it.
    ///
    /// - Parameters:
    ///   - seen: the job as it was looked at.
    ///   - judge: looks at the job and at its provider as the transaction sees them. A position that comes while it is
    ///     judged changes the provider's document, as the command does: one of the two is run again and sees the other.
    /// - Returns: whether anything was done.
    @discardableResult
    func move(
        _ seen: JobRecord,
        by judge: @escaping @Sendable (JobRecord, Approach, ProviderProfile?) -> JobCommand?
    ) async throws(RoadsideError) -> Bool {
        let rows = try await store.transaction { transaction -> [InboxRow] in
            guard let (record, approach) = try onTheWay(seen, in: transaction), let provider = record.assignedTo
            else { return [] }
            let document = try transaction.mechanics.findOne(["_id": .id(provider)])
            guard let command = judge(record, approach, try document.map { try ProviderProfile($0) }),
                case .success(let decision) = JobRules.decide(
                    record.facts, command, by: .system, now: dependencies.now())
            else { return [] }
            return try writer.write(decision, to: record, by: .system, in: transaction).rows
        }
        inbox.ring(rows)
        if !rows.isEmpty { dispatch.wake() }
        return !rows.isEmpty
    }

    @discardableResult
    func move(_ seen: JobRecord, by command: JobCommand) async throws(RoadsideError) -> Bool {
        try await move(seen) { _, _, _ in command }
    }

    /// Tells both parties that he seems to be there; he may say so, or go on if he is not (domain §4.7, U22). Once for each
    /// time he comes.
    func proposeArrival(_ seen: JobRecord, at moment: Date) async throws(RoadsideError) {
        let rows = try await store.transaction { transaction -> [InboxRow] in
            guard let (record, approach) = try onTheWay(seen, in: transaction), let provider = record.assignedTo,
                approach.progress.proposedAt == nil
            else { return [] }
            try transaction.services.updateOne(
                ["_id": .id(record.id)], ["$set": ["watch.proposed_at": .date(moment)]])
            // For the lists alone: sockets tell of changes of status, and this is none.
            return try inbox.append(
                [
                    InboxEntry(
                        recipient: provider, kind: .jobStatus, routes: [], body: record.body("job.arrival_proposed")),
                    InboxEntry(
                        recipient: record.customerID, kind: .jobStatus, routes: [],
                        body: record.body("job.arrival_near")),
                ], in: transaction)
        }
        inbox.ring(rows)
    }

    /// nil when somebody else has the job by now, or he has arrived.
    private func onTheWay(_ seen: JobRecord, in transaction: MongoTransaction) throws -> (JobRecord, Approach)? {
        guard let record = JobRecord(try transaction.services.findOne(["_id": .id(seen.id)])),
            record.status.isApproach, let approach = record.approach,
            approach.progress.startedAt == seen.approach?.progress.startedAt
        else { return nil }
        return (record, approach)
    }
}
