import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension Payments {
    /// Writes down what became of a charge, once, whoever hears it first.
    func conclude(_ id: ObjectID, _ outcome: CardOutcome) async throws(RoadsideError) -> Payment {
        let now = dependencies.now()
        let (payment, job, rows) = try await store.transaction { transaction -> (Payment?, JobRecord?, [InboxRow]) in
            var set: Document = ["updated_at": .date(now)]
            switch outcome {
            case .succeeded(let reference):
                set.append("status", .string(PaymentState.succeeded.rawValue))
                set.append("provider_ref", .string(reference))
            case .declined(let reason):
                set.append("status", .string(PaymentState.failed.rawValue))
                set.append("failure", .string(reason))
            }
            let changed = try transaction.payments.findOneAndUpdate(
                ["_id": .id(id), "status": "pending"],
                [
                    "$set": .document(set), "$unset": ["next_at": ""],
                    "$push": [
                        "attempts": ["at": .date(now), "what": set.get("status").map(BSONValue.string) ?? .null]
                    ],
                ], returning: .after)
            guard let payment = Payment(changed) else {
                return (Payment(try transaction.payments.findOne(["_id": .id(id)])), nil, [])
            }
            guard let job = JobRecord(try transaction.services.findOne(["_id": .id(payment.jobID)])) else {
                return (payment, nil, [])
            }
            let (after, entries) =
                payment.state == .succeeded
                ? try self.received(payment, for: job, at: now, in: transaction)
                : try self.refused(payment, for: job, at: now, in: transaction)
            return (payment, after, try self.inbox.append(entries, in: transaction))
        }
        inbox.ring(rows)
        if let job { dispatch.wake(for: job) }
        guard let payment else { throw .notFound("Payment") }
        return payment
    }

    /// The job's side of money that has come.
    ///
    /// - Returns: the job as it is now, and what is told to both sides.
    func received(
        _ payment: Payment, for job: JobRecord, at now: Date, in transaction: MongoTransaction
    ) throws -> (JobRecord, [InboxEntry]) {
        let paid = job.payment.paid.adding(payment.amount) ?? payment.amount
        let isPaid = PaymentRules.due(job.payment.amount, paid: paid) == nil
        var set: Document = [
            "paid": .document(paid.document), "payment_method": .string(payment.method.rawValue),
            "payment_status": .string((isPaid ? PaymentStatus.paid : .pending).rawValue), "updated_at": .date(now),
        ]
        // Its search begins now, with all its time before it (A29).
        if job.status == .matching, job.facts.awaitsCard, isPaid {
            let deadline = now.addingTimeInterval(dependencies.plan(for: job).plan.searchSeconds)
            set.append("dispatch.started_at", .date(now))
            set.append("dispatch.deadline", .date(deadline))
            set.append("dispatch.next_timer_at", .date(now))
        }
        // It was over before the card was charged.
        if payment.method == .card, job.status.isTerminal, PaymentRules.excess(job.payment.amount, paid: paid) != nil {
            set.append("refund_at", .date(now))
        }
        try Self.endPromises(of: job.id, at: now, in: transaction)
        let after = try write(set, to: job, in: transaction)
        let message = payment.method == .cash ? "payment.collected" : "payment.succeeded"
        return (after, notices(message, payment.amount, of: after, to: [after.customerID, after.assignedTo]))
    }

    /// Nobody has to pay any more what was announced in cash.
    static func endPromises(of job: ObjectID, at now: Date, in transaction: MongoTransaction) throws {
        try transaction.payments.updateMany(
            ["job_id": .id(job), "method": "cash", "status": "pending"],
            ["$set": ["status": .string(PaymentState.cancelled.rawValue), "updated_at": .date(now)]])
    }

    private func refused(
        _ payment: Payment, for job: JobRecord, at now: Date, in transaction: MongoTransaction
    ) throws -> (JobRecord, [InboxEntry]) {
        var after = job
        if job.payment.status == .pending {
            after = try write(
                ["payment_status": .string(PaymentStatus.failed.rawValue), "updated_at": .date(now)], to: job,
                in: transaction)
        }
        return (after, notices("payment.failed", payment.amount, of: after, to: [after.customerID]))
    }

    func write(
        _ set: Document, unset: Document = [:], to job: JobRecord, in transaction: MongoTransaction
    ) throws -> JobRecord {
        var update: Document = ["$set": .document(set), "$inc": ["version": .int64(1)]]
        if !unset.isEmpty { update.append("$unset", .document(unset)) }
        let changed = try transaction.services.findOneAndUpdate(
            ["_id": .id(job.id)], .document(update), returning: .after)
        guard let after = JobRecord(changed) else { throw RoadsideError.jobNotFound }
        return after
    }

    /// On the routes of both sides' jobs, so that sockets about a job can tell it.
    func notices(
        _ message: String, _ amount: Money, of job: JobRecord, to recipients: [ObjectID?]
    ) -> [InboxEntry] {
        recipients.compactMap(\.self).map { recipient in
            var body = job.body(message)
            body.text = amount.description
            let route: InboxRoute = recipient == job.customerID ? .customerJobs : .providerJobs
            return InboxEntry(recipient: recipient, kind: .payment, routes: [route], body: body)
        }
    }
}
