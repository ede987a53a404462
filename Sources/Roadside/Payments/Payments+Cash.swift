import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

extension Payments {
    /// Cash in the hand of the provider who holds, or held, the job; from his arrival on. Saying it again returns the same
    /// payment.
    ///
    /// - Throws: `ILLEGAL_TRANSITION` before his arrival; `CONFLICT` when it was paid otherwise or a card is being charged;
    ///   `FORBIDDEN` for anybody but a provider; `NOT_FOUND` for a job that is not his.
    @discardableResult
    public func collectCash(_ reference: Reference, by caller: Caller) async throws(RoadsideError) -> Payment {
        try caller.require(.provider, toDo: "collect cash")
        let mine = caller.condition(on: .job)
        let (payment, job, rows) = try await store.transaction { transaction -> (Payment?, JobRecord, [InboxRow]) in
            guard let job = try JobRecord.find(reference, mine, in: transaction) else {
                throw RoadsideError.jobNotFound
            }
            if let refusal = PaymentRules.collectionRefusal(job.status) { throw RoadsideError(refusal) }
            if try transaction.payments.findOne(Self.charging(job.id), projection: ["_id": 1]) != nil {
                throw RoadsideError.paymentUnderWay
            }
            guard let due = PaymentRules.due(job.payment.amount, paid: job.payment.paid) else {
                let before = try transaction.payments.findOne(
                    [
                        "job_id": .id(job.id), "provider_id": .id(caller.userID), "method": "cash",
                        "status": "succeeded",
                    ], sort: ["created_at": -1])
                guard let before = Payment(before) else { throw RoadsideError.nothingDue }
                return (before, job, [])
            }
            let now = dependencies.now()
            let collected = try self.collected(due, for: job, at: now, in: transaction)
            guard let collected else { throw RoadsideError.broken("a payment cannot be read as it was written") }
            let (after, entries) = try self.received(collected, for: job, at: now, in: transaction)
            return (collected, after, try self.inbox.append(entries, in: transaction))
        }
        inbox.ring(rows)
        if !rows.isEmpty { dispatch.wake(for: job) }
        guard let payment else { throw .notFound("Payment") }
        return payment
    }

    /// The same, of cash that its customer has announced.
    public func collectCash(payment: Reference, by caller: Caller) async throws(RoadsideError) -> Payment {
        try caller.require(.provider, toDo: "collect cash")
        let found = try await self.payment(payment, for: caller)
        guard found.method == .cash else { throw RoadsideError(.conflict, "This is no payment in cash.") }
        return try await collectCash(.id(found.jobID), by: caller)
    }

    /// What was announced becomes what was collected; nothing announced becomes a payment of its own.
    private func collected(
        _ due: Money, for job: JobRecord, at now: Date, in transaction: MongoTransaction
    ) throws -> Payment? {
        var set: Document = [
            "status": .string(PaymentState.succeeded.rawValue), "amount": .document(due.document),
            "updated_at": .date(now),
        ]
        set.append("provider_id", ifPresent: job.assignedTo)
        var id = try promised(for: job.id, in: transaction)?.id
        if id == nil {
            let document = Payment.begun(.cash, due, for: job, at: now, next: nil)
            try transaction.payments.insert(document)
            try transaction.services.updateOne(["_id": .id(job.id)], ["$inc": ["payments": .int64(1)]])
            id = document.get("_id")
        }
        guard let id else { return nil }
        let changed = try transaction.payments.findOneAndUpdate(
            ["_id": .id(id), "status": "pending"],
            ["$set": .document(set), "$push": ["attempts": ["at": .date(now), "what": "collected"]]],
            returning: .after)
        return Payment(changed)
    }
}
