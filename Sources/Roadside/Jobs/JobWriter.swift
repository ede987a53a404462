import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// Writes a decision of the rules: the job's compare-and-set, the provider's side of it, the offer, and the inbox rows
/// of everybody concerned, all in the caller's transaction.
struct JobWriter: Sendable {
    /// What the transaction leaves to be done after its commit.
    struct Outcome: Sendable {
        let job: JobRecord
        let rows: [InboxRow]
        /// Whose hands the job has come into or left, as he is now.
        var provider: ProviderProfile?
        /// Whether he is free again: what is open around him is news to him.
        var isFreed = false
    }

    let dependencies: Dependencies
    let inbox: Inbox
    var holds: Holds { Holds(dependencies: dependencies) }

    /// - Parameters:
    ///   - provider: who is taking the job, when the decision occupies somebody.
    ///   - extra: further fields to set, such as the promised arrival.
    ///   - waivesFee: staff who cancel let the fee pass.
    /// - Throws: `MongoError`, for the transaction to retry or for the caller to explain (a duplicate key of
    ///   `services_provider_slot` says the provider is busy).
    func write(
        _ decision: JobDecision, to record: JobRecord, by actor: Actor, provider: ProviderProfile? = nil,
        extra: Document = [:], waivesFee: Bool = false, in transaction: MongoTransaction
    ) throws -> Outcome {
        let now = dependencies.now()
        let code = decision.effects.contains(.createOTP) ? try StartCode(for: record.id, dependencies) : nil
        let pricing = JobPricing(
            record: record, decision: decision, actor: actor, now: now, supervision: dependencies.settings.supervision,
            isWaived: waivesFee)
        let seen =
            pricing.needsPosition
            ? try lastSeen(record.assignedTo, in: transaction) : provider.map(LastSeen.init)
        let extra = extra.and(pricing.changes(provider: seen))
        // Who was asked in one batch hears of it in this transaction; of more of them, or when somebody else is writing to
        // one of them, the dispatcher takes leave a batch at a time (decision 27).
        let closesSearch =
            decision.effects.contains(.withdrawOffers) && decision.to.endsSearch && transaction.attempt == 1
            && record.search.offersMade <= OfferRules.batch
        let update = JobUpdate(
            decision, of: record, by: actor, at: now, provider: provider, code: code,
            plan: dependencies.plan(for: record).plan,
            supervision: dependencies.settings.supervision, closesSearch: closesSearch, extra: extra)

        // The job first: it is where rivals meet, so a loser turns back before it has written anything else.
        var condition: Document = ["_id": .id(record.id)]
        if !dependencies.settings.removedSafeguards.contains(.statusFilter) {
            condition.append("status", .string(decision.from.rawValue))
            condition.append("version", .int64(record.version))
        }
        let changed = try transaction.services.findOneAndUpdate(condition, update.update, returning: .after)
        guard let job = JobRecord(changed) else {
            throw RoadsideError(.conflict, "The job has just changed. Please look again.")
        }
        if !update.displaced.isEmpty {
            try transaction.jobEvents.insert(contentsOf: update.displaced.map { $0.document(of: record.id) })
        }
        let holder = try settleProviders(decision, record: record, at: now, in: transaction)
        if record.appointment != nil { try holds.settle(job, in: transaction) }
        if let booking = record.appointment?.id, job.assignedTo != record.assignedTo {
            let update: Update =
                job.assignedTo.map { ["$set": ["mechanic_id": .id($0)]] } ?? ["$unset": ["mechanic_id": ""]]
            _ = try transaction.bookings.updateOne(["_id": .id(booking)], update)
        }
        if record.payments > 0, job.assignedTo != record.assignedTo {
            let update: Update =
                job.assignedTo.map { ["$set": ["provider_id": .id($0)]] } ?? ["$unset": ["provider_id": ""]]
            _ = try transaction.payments.updateMany(["job_id": .id(job.id)], update)
        }
        // Cash that was announced ends with what it was for; what its customer owes after all is announced anew.
        if record.payments > 0, job.status.isTerminal, job.status != .completed {
            try Payments.endPromises(of: job.id, at: now, in: transaction)
        }
        if decision.effects.contains(.clearOTP) {
            try inbox.retireCodes(of: record.id, recipient: record.customerID, in: transaction)
        }
        var entries = JobNotices(before: record, after: job, decision: decision, actor: actor).entries(code: code?.text)
        if record.search.offersMade > 0 {
            if closesSearch {
                let book = OfferBook(dependencies: dependencies, inbox: inbox)
                entries += try book.withdrawBatch(from: job, but: decision.taker, in: transaction)
            } else if let taker = decision.taker {
                try inbox.retireOffers(of: job.id, recipients: [taker], in: transaction)
            }
        }
        return Outcome(
            job: job, rows: try inbox.append(entries, in: transaction), provider: holder,
            isFreed: decision.effects.contains(.releaseProvider))
    }

    private func lastSeen(_ provider: ObjectID?, in transaction: MongoTransaction) throws -> LastSeen? {
        guard let provider, let document = try transaction.mechanics.findOne(["_id": .id(provider)]) else { return nil }
        return LastSeen(try ProviderProfile(document))
    }

    /// - Returns: the provider who was occupied or, otherwise, released.
    private func settleProviders(
        _ decision: JobDecision, record: JobRecord, at now: Date, in transaction: MongoTransaction
    ) throws -> ProviderProfile? {
        var changed: Document?
        if decision.effects.contains(.releaseOffer), let holder = record.assignedTo {
            _ = try transaction.offers.updateOne(
                ["job_id": .id(record.id), "provider_id": .id(holder), "state": "accepted"],
                ["$set": ["state": "released", "updated_at": .date(now)]])
        }
        if decision.effects.contains(.releaseProvider), let holder = record.assignedTo {
            // Not when he holds another job by now, or went off duty in a way of his own.
            changed = try transaction.mechanics.findOneAndUpdate(
                ["_id": .id(holder), "current_job": .id(record.id)],
                ProviderProfile.update(
                    setting: ["availability": .string(Availability.available.rawValue)], unsetting: ["current_job"],
                    counting: decision.effects.contains(.exclude(holder)) ? ["stats.cancelled"] : [], at: now))
        }
        for case .occupyProvider(let taker) in decision.effects {
            changed = try transaction.mechanics.findOneAndUpdate(
                ["_id": .id(taker)],
                ProviderProfile.update(
                    setting: ["availability": .string(Availability.busy.rawValue), "current_job": .id(record.id)],
                    counting: ["stats.accepted"], at: now))
        }
        return try changed.map { try ProviderProfile($0) }
    }
}

extension JobDecision {
    /// Who takes the job by it.
    fileprivate var taker: ObjectID? {
        for case .occupyProvider(let taker) in effects { return taker }
        return nil
    }
}

extension JobStatus {
    /// Nobody is looked for any more.
    fileprivate var endsSearch: Bool { isLive || isTerminal }
}
