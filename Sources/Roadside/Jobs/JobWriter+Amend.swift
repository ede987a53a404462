import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension JobWriter {
    /// Marks a job as changed without moving it, and tells its parties: in their lists only, for a socket knows statuses
    /// and nothing else.
    ///
    /// - Parameters:
    ///   - recipients: its customer and whoever holds it, unless said otherwise.
    ///   - dress: adds to what they are told.
    /// - Throws: `CONFLICT` when the job has just moved.
    func amend(
        _ record: JobRecord, _ changes: Document, _ message: String, by actor: Actor, to recipients: [ObjectID]? = nil,
        in transaction: MongoTransaction, dress: (inout InboxBody) -> Void = { _ in }
    ) throws -> Outcome {
        let moment: Document = ["updated_at": .date(dependencies.now())]
        let changed = try transaction.services.findOneAndUpdate(
            ["_id": .id(record.id), "version": .int64(record.version)],
            ["$set": .document(moment.and(changes)), "$inc": ["version": .int64(1)]], returning: .after)
        guard let job = JobRecord(changed) else {
            throw RoadsideError(.conflict, "The job has just changed. Please look again.")
        }
        if record.appointment != nil { try holds.settle(job, in: transaction) }
        var body = job.body(message)
        body.actor = actor.role
        dress(&body)
        let entries = (recipients ?? [job.customerID, job.assignedTo].compactMap(\.self)).map {
            InboxEntry(recipient: $0, kind: .jobStatus, routes: [], body: body)
        }
        return Outcome(job: job, rows: try inbox.append(entries, in: transaction))
    }
}
