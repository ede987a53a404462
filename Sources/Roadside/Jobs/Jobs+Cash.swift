import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

extension Jobs {
    /// The provider who holds a job has its customer's cash in hand (A24, K24). Saying so again changes nothing.
    ///
    /// - Throws: `ILLEGAL_TRANSITION` for a job that is over or is paid for by card, `FORBIDDEN` for anybody but a provider,
    ///   `NOT_FOUND` for a job that he does not hold.
    public func collectCash(
        _ reference: Reference, ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Job {
        try caller.require(.provider, toDo: "collect cash")
        let outcome = try await store.transaction { transaction in
            let mine = caller.condition(on: .job)
            guard let record = try JobRecord.find(reference, mine, in: transaction) else {
                throw RoadsideError.jobNotFound
            }
            try expected.check(record)
            if record.payment.status == .paid { return JobWriter.Outcome(job: record, rows: []) }
            guard record.status.isLive, record.payment.method == .cash else {
                throw RoadsideError(.illegalTransition, "There is no cash to be collected for this job.")
            }
            return try writer.amend(
                record,
                [
                    "payment_status": .string(PaymentStatus.paid.rawValue),
                    "paid": .document(record.payment.amount.document), "paid_at": .date(dependencies.now()),
                ], "payment.collected", by: Actor(caller), in: transaction)
        }
        announce(outcome)
        return try await reader.committed(outcome.job, for: caller)
    }
}
