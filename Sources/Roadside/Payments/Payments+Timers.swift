import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

extension Payments {
    /// Asks what became of charges that nobody has heard of, and gives back what was paid for jobs that came to less, until
    /// the task is cancelled. Any number of servers may do it at once.
    public func run() async {
        let pause = Wakeup()
        while !Task.isCancelled {
            do throws(RoadsideError) {
                try await settle()
            } catch {
                dependencies.logger.warning(
                    "Payments that are due are left for later", metadata: ["error": "\(error)"])
            }
            await pause.wait(atMost: Self.poll)
        }
    }

    /// Serves all that is due once.
    func settle() async throws(RoadsideError) {
        guard let cards else { return }
        while !Task.isCancelled, let payment = try await claimCharge() {
            do throws(CardGatewayError) {
                let outcome = try await cards.outcome(of: payment.id.hex)
                _ = try? await conclude(payment.id, outcome)
            } catch {
                warn(error, payment)
            }
        }
        while !Task.isCancelled, let job = try await claimRefund() { try await refund(job, through: cards) }
    }

    /// One that is due, for this server alone until its lease is over.
    private func claimCharge() async throws(RoadsideError) -> Payment? {
        let now = dependencies.now()
        let lease = now.addingTimeInterval(Self.patienceSeconds)
        return Payment(
            try await store.database { () async throws(MongoError) in
                try await store.payments.findOneAndUpdate(
                    ["next_at": ["$lte": .date(now)]], ["$set": ["next_at": .date(lease)]], sort: ["next_at": 1])
            })
    }

    private func claimRefund() async throws(RoadsideError) -> JobRecord? {
        let now = dependencies.now()
        let lease = now.addingTimeInterval(Self.patienceSeconds)
        return JobRecord(
            try await store.database { () async throws(MongoError) in
                try await store.services.findOneAndUpdate(
                    ["refund_at": ["$lte": .date(now)]], ["$set": ["refund_at": .date(lease)]],
                    sort: ["refund_at": 1])
            })
    }

    /// What was charged beyond what a finished job came to; its price does not change any more, so said again it is the
    /// same amount under the same key.
    private func refund(_ job: JobRecord, through cards: any CardGateway) async throws(RoadsideError) {
        let charged = try await store.database { () async throws(MongoError) in
            try await store.payments.findOne(
                ["job_id": .id(job.id), "method": "card", "status": "succeeded"], sort: ["created_at": -1, "_id": -1])
        }
        guard let excess = PaymentRules.excess(job.payment.amount, paid: job.payment.paid),
            let payment = Payment(charged), let reference = payment.reference
        else {
            _ = try await store.database { () async throws(MongoError) in
                try await store.services.updateOne(["_id": .id(job.id)], ["$unset": ["refund_at": ""]])
            }
            return
        }
        let amount = Money(
            minorUnits: min(excess.minorUnits, payment.amount.minorUnits), excess.currency)
        do throws(CardGatewayError) {
            try await cards.refund(CardRefund(key: "refund:\(payment.id.hex)", reference: reference, amount: amount))
        } catch {
            return warn(error, payment)
        }
        try await give(amount, back: payment)
    }

    private func give(_ amount: Money, back payment: Payment) async throws(RoadsideError) {
        let now = dependencies.now()
        let rows = try await store.transaction { transaction -> [InboxRow] in
            let changed = try transaction.payments.updateOne(
                ["_id": .id(payment.id), "status": "succeeded"],
                [
                    "$set": [
                        "status": .string(PaymentState.refunded.rawValue), "refunded": .document(amount.document),
                        "updated_at": .date(now),
                    ], "$push": ["attempts": ["at": .date(now), "what": "refunded"]],
                ])
            guard changed.matched == 1,
                let job = JobRecord(try transaction.services.findOne(["_id": .id(payment.jobID)]))
            else { return [] }
            let left = Money(
                minorUnits: job.payment.paid.minorUnits - amount.minorUnits, job.payment.paid.currency)
            let isDone = PaymentRules.excess(job.payment.amount, paid: left) == nil
            var set: Document = [
                "paid": .document(left.document), "updated_at": .date(now),
                "payment_status": .string(
                    (job.status == .completed ? PaymentStatus.paid : .refunded).rawValue),
            ]
            // There is another charge.
            if !isDone { set.append("refund_at", .date(now)) }
            let after = try self.write(set, unset: isDone ? ["refund_at": ""] : [:], to: job, in: transaction)
            return try self.inbox.append(
                self.notices("payment.refunded", amount, of: after, to: [after.customerID]), in: transaction)
        }
        inbox.ring(rows)
    }

    private func warn(_ error: CardGatewayError, _ payment: Payment) {
        dependencies.logger.warning(
            "A card gateway did not say what became of a payment",
            metadata: ["payment": "\(payment.id)", "error": "\(error.remark)"])
    }

    private static let poll = Duration.seconds(1)
}
