import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// The offers of jobs: made, run out and withdrawn, each with the row that tells its provider.
///
/// Never more than five of them in one transaction, in the order of their ids: inbox heads written many at a time
/// abort each other (decision 27).
struct OfferBook: Sendable {
    /// Who has been asked about a job in its present search.
    struct Asked: Sendable {
        var all: Set<ObjectID> = []
        /// Those who have not said no.
        var silent: Set<ObjectID> = []
        /// Those whose offer stands.
        var open: Set<ObjectID> = []
        /// When the next exclusive offer runs out.
        var nextExpiry: Date?
    }

    /// A job's timer as it stands, and what it becomes with the offers.
    struct Timer: Sendable {
        let lease: Date
        let next: Date
    }

    /// What has come of offering.
    struct Made: Sendable {
        /// None for a provider who has been asked in this search already.
        var offers: [Offer] = []
        /// Whether the job's timer was put off as well; not when somebody has set another one meanwhile.
        var isPutOff = false
    }

    let dependencies: Dependencies
    let inbox: Inbox
    private var store: Store { dependencies.store }

    /// Offers the job to these providers, at most five, in one transaction with their alerts.
    ///
    /// - Parameters:
    ///   - timer: put off together with them, which saves a write of the job.
    ///   - count: how many offers the job had had when none of these providers had been asked in this search; while it
    ///     still has so many, nobody has to look for theirs.
    /// - Returns: nil when the job is not being searched for any more.
    /// - Throws: `PROVIDER_BUSY` for an exclusive offer to a provider who is considering another one, `CONFLICT` when
    ///   another provider is being asked alone.
    func offer(
        _ job: JobRecord, to providers: [ProviderProfile], mode: DispatchMode, ifVersion expected: Expectation = .any,
        puttingOff timer: Timer? = nil, unaskedAt count: Int = 0
    ) async throws(RoadsideError) -> Made? {
        precondition(providers.count <= OfferRules.batch, "one transaction, five inboxes")
        let offers = offers(of: job, to: providers, mode: mode, at: dependencies.now())
        let (made, rows) = try await store.transaction { transaction -> (Made?, [InboxRow]) in
            // Written, not only read: a claim in this very moment and this batch cannot both succeed, and two batches for
            // one provider follow each other.
            let open: Document = [
                "_id": .id(job.id), "status": "matching", "dispatch.attempt": .int64(Int64(job.search.attempt)),
            ]
            let more: Document = ["dispatch.offers": .int64(Int64(offers.count))]
            var found: Document?
            if let timer {
                found = try transaction.services.findOneAndUpdate(
                    open.and(["dispatch.next_timer_at": .date(timer.lease)]),
                    ["$inc": .document(more), "$set": ["dispatch.next_timer_at": .date(timer.next)]],
                    returning: .before, projection: Self.touched)
            }
            var made = Made(isPutOff: found != nil)
            if found == nil {
                found = try transaction.services.findOneAndUpdate(
                    open, ["$inc": .document(more)], returning: .before, projection: Self.touched)
            }
            guard let touched = found else { return (nil, []) }
            try expected.check(version: touched.get("version") ?? 0)
            if touched.get("dispatch", as: Document.self)?.get("offers") ?? 0 == count {
                made.offers = offers
                return (made, try inbox.append(insert(offers, of: job, in: transaction), in: transaction))
            }
            let known = try transaction.offers.find(
                [
                    "job_id": .id(job.id), "attempt": .int64(Int64(job.search.attempt)),
                    "provider_id": ["$in": .array(offers.map { .id($0.providerID) })],
                ]
            ).compactMap(Offer.init)
            made.offers = offers.compactMap { offer -> Offer? in
                guard let old = known.first(where: { $0.providerID == offer.providerID }) else { return offer }
                // Who stayed silent may be asked once more, under the name of his first offer.
                guard old.state == .expired || old.state == .withdrawn else { return nil }
                var again = offer
                again.id = old.id
                return again
            }
            try transaction.offers.bulk(made.offers.map(\.upsert))
            return (made, try inbox.append(made.offers.map { $0.alert(of: job) }, in: transaction))
        }
        inbox.ring(rows)
        return made
    }

    /// Offers as they are made; nothing is written.
    func offers(of job: JobRecord, to providers: [ProviderProfile], mode: DispatchMode, at now: Date) -> [Offer] {
        let now = now.truncatedToMilliseconds
        let window = window(of: mode, for: job)
        let deadline = job.search.deadline
        return providers.sorted { $0.id < $1.id }.map { provider in
            Offer(
                id: ObjectID(), jobID: job.id, providerID: provider.id, attempt: job.search.attempt, mode: mode,
                state: .offered, distanceMetres: provider.location.map { $0.distance(to: job.pickup.point) },
                sentAt: now, expiresAt: window.map { min(now.addingTimeInterval($0), deadline) } ?? deadline)
        }
    }

    /// Writes offers to providers who have had none of this job in its search.
    ///
    /// - Returns: their alerts, to be appended in the same transaction.
    func insert(_ offers: [Offer], of job: JobRecord, in transaction: MongoTransaction) throws -> [InboxEntry] {
        try transaction.offers.insert(contentsOf: offers.map(\.document))
        return offers.map { $0.alert(of: job) }
    }

    /// What is asked of a job that is offered.
    private static let touched: Document = ["version": 1, "dispatch.offers": 1]

    /// How long an offer stands; nil for as long as its search.
    private func window(of mode: DispatchMode, for job: JobRecord) -> Double? {
        switch mode {
        case .pick: dependencies.settings.exclusiveOfferLifetime.timeInterval
        case .cascade: dependencies.plan(for: job).plan.offerSeconds
        case .broadcast, .auto, .manual: nil
        }
    }

    /// Ends what has run out by the database's clock, and says so to those who let it.
    func expireOverdue(of job: JobRecord) async throws(RoadsideError) {
        try await end(
            job, where: Offer.isOverdue.and(["attempt": .int64(Int64(job.search.attempt))]), as: .expired,
            message: "offer.expired")
    }

    /// The jobs with an exclusive offer that has run out, the longest overdue first.
    func jobsWithOverdueOffers(limit: Int) async throws(RoadsideError) -> [ObjectID] {
        let overdue = Offer.isOverdue.and(["mode": ["$in": Self.exclusiveModes]])
        let offers = try await store.database { () async throws(MongoError) in
            try await store.offers.find(overdue, sort: ["expires_at": 1], projection: ["job_id": 1], limit: limit)
        }
        return offers.compactMap { $0.get("job_id") }
    }

    /// Takes back every open offer of the job that also meets `condition`.
    func withdraw(from job: JobRecord, where condition: Document) async throws(RoadsideError) {
        guard job.search.offersMade > 0 else { return }
        try await end(
            job, where: Offer.isOpen.and(condition), as: .withdrawn, message: "offer.\(job.withdrawalReason)")
    }

    func liveExclusive(of job: JobRecord) async throws(RoadsideError) -> Offer? {
        let exclusive: Document = ["job_id": .id(job.id), "mode": ["$in": Self.exclusiveModes]]
        let live = exclusive.and(Offer.isLive)
        let document = try await store.database { () async throws(MongoError) in try await store.offers.findOne(live) }
        return Offer(document)
    }

    /// Those of the providers whose answer to an offer of their own is awaited.
    func considering(_ providers: Set<ObjectID>) async throws(RoadsideError) -> Set<ObjectID> {
        guard !providers.isEmpty else { return [] }
        let theirs: Document = [
            "provider_id": ["$in": .array(providers.sorted().map(BSONValue.id))],
            "mode": ["$in": Self.exclusiveModes],
        ]
        let live = theirs.and(Offer.isLive)
        let offers = try await store.database { () async throws(MongoError) in
            try await store.offers.find(live, projection: ["provider_id": 1])
        }
        return Set(offers.compactMap { $0.get("provider_id", as: ObjectID.self) })
    }

    private static let exclusiveModes: BSONValue = .array(
        DispatchMode.allCases.filter(\.isExclusive).map { .string($0.rawValue) })

    func wasAsked(_ provider: ObjectID, about job: JobRecord) async throws(RoadsideError) -> Bool {
        try await store.database { () async throws(MongoError) in
            try await store.offers.findOne(
                [
                    "job_id": .id(job.id), "provider_id": .id(provider),
                    "attempt": .int64(Int64(job.search.attempt)),
                ], projection: ["_id": 1]) != nil
        }
    }

    func asked(about job: JobRecord) async throws(RoadsideError) -> Asked {
        let documents = try await store.database { () async throws(MongoError) in
            try await store.offers.find(["job_id": .id(job.id), "attempt": .int64(Int64(job.search.attempt))])
        }
        return documents.compactMap(Offer.init).reduce(into: Asked()) { asked, offer in
            asked.all.insert(offer.providerID)
            if offer.state != .declined { asked.silent.insert(offer.providerID) }
            if offer.state == .offered { asked.open.insert(offer.providerID) }
            if offer.state == .offered, offer.mode.isExclusive {
                asked.nextExpiry = min(asked.nextExpiry ?? offer.expiresAt, offer.expiresAt)
            }
        }
    }

    private func end(
        _ job: JobRecord, where condition: Document, as state: Offer.State, message: String
    ) async throws(RoadsideError) {
        let ofJob: Document = ["job_id": .id(job.id)]
        let filter = ofJob.and(condition)
        // Mostly nothing has run out, and to see that takes no transaction; of those who lost, mostly somebody is left.
        if state == .expired {
            let ending = try await store.database { () async throws(MongoError) in
                try await store.offers.findOne(filter, projection: ["_id": 1])
            }
            guard ending != nil else { return }
        }
        while true {
            let (ended, rows) = try await store.transaction { transaction -> (Int, [InboxRow]) in
                var farewells = try endBatch(filter, of: job, as: state, message: message, in: transaction)
                let ended = farewells.count
                if state == .expired, job.search.isCustomersChoice,
                    try transaction.services.findOne(
                        ["_id": .id(job.id), "status": "matching"], projection: ["_id": 1]) != nil
                {
                    farewells += try farewells.map {
                        try answer(.silent, to: job, by: $0.recipient, in: transaction)
                    }
                }
                return (ended, try inbox.append(farewells, in: transaction))
            }
            inbox.ring(rows)
            if ended < OfferRules.batch { return }
        }
    }

    /// What has become of the offer to the provider whom a customer chose; told by `message`.
    enum Answer: String {
        case declined = "offer.declined"
        case silent = "offer.expired"
        /// He could not even be asked.
        case unavailable = "offer.unavailable"
    }

    /// Tells its customer, who may choose again (A9, A19).
    func answer(
        _ answer: Answer, to job: JobRecord, by provider: ObjectID, in transaction: MongoTransaction
    ) throws -> InboxEntry {
        let profile = try transaction.mechanics.findOne(
            ["_id": .id(provider)], projection: ["number": 1, "name": 1])
        var body = job.body(answer.rawValue)
        body.actor = answer == .declined ? .provider : nil
        body.provider = InboxBody.Party(
            id: provider, number: profile?.get("number") ?? 0, name: profile?.get("name") ?? "")
        return InboxEntry(recipient: job.customerID, kind: .offerAnswer, routes: [.customerJobs], body: body)
    }

    /// Takes back the open offers of a job that is over or has been taken, in the transaction that says so.
    ///
    /// - Parameter taker: whose offer is not among them; his alert is no news any more, either, and a socket he opens later
    ///   shall not be told of it.
    /// - Returns: what their providers are told, to be appended in the same transaction.
    func withdrawBatch(
        from job: JobRecord, but taker: ObjectID?, in transaction: MongoTransaction
    ) throws -> [InboxEntry] {
        let open: Document = [
            "job_id": .id(job.id), "provider_id": taker.map { ["$ne": .id($0)] } ?? ["$exists": true],
        ]
        return try endBatch(
            open.and(Offer.isOpen), of: job, as: .withdrawn, message: "offer.\(job.withdrawalReason)",
            retiringAlso: taker, in: transaction)
    }

    private func endBatch(
        _ filter: Document, of job: JobRecord, as state: Offer.State, message: String,
        retiringAlso taker: ObjectID? = nil,
        in transaction: MongoTransaction
    ) throws -> [InboxEntry] {
        let now = dependencies.now()
        let ending = try transaction.offers.find(filter, sort: ["provider_id": 1], limit: OfferRules.batch)
            .compactMap(Offer.init)
        let providers = ending.map(\.providerID)
        let retiring = providers + [taker].compactMap(\.self)
        guard !retiring.isEmpty else { return [] }
        if !ending.isEmpty {
            try transaction.offers.updateMany(
                ["_id": ["$in": .array(ending.map { .id($0.id) })], "state": "offered"],
                ["$set": ["state": .string(state.rawValue), "updated_at": .date(now)]])
        }
        let alerted = ending.isEmpty ? [] : try inbox.alerted(to: job.id, of: providers, in: transaction)
        try inbox.retireOffers(of: job.id, recipients: retiring, in: transaction)
        return ending.map { offer in
            let brief = alerted.contains(offer.providerID) ? nil : now.addingTimeInterval(Self.briefSeconds)
            return offer.farewell(of: job, message, expiresAt: brief)
        }
    }

    /// How long the end of an offer is told to who has not confirmed its alert: he may be looking at it all the same, his
    /// receipt still on its way, so an open socket hears it; but on a later connection he would hear of the end of
    /// something he never heard of. The list keeps it in any case.
    private static let briefSeconds = 60.0
}

extension JobRecord {
    /// Why an open offer of this job is taken back, as the end of a message key.
    fileprivate var withdrawalReason: String {
        switch status {
        case .cancelled: "cancelled"
        case .expired: "expired"
        case .matching, .scheduled, .requested: "withdrawn"
        case .accepted, .enRoute, .arrived, .inProgress, .towing, .atDestination, .completed, .failed: "taken"
        }
    }
}

extension Offer {
    /// Made new, or, for somebody who stayed silent in this search and is named by the customer after all, once more.
    fileprivate var upsert: BulkWrite {
        let changing = document.filter { !["_id", "created_at"].contains($0.key) }
        let set = Document(fields: changing.map { ($0.key, $0.value) })
        return .updateOne(
            ["job_id": .id(jobID), "provider_id": .id(providerID), "attempt": .int64(Int64(attempt))],
            ["$set": .document(set), "$setOnInsert": ["_id": .id(id), "created_at": .date(sentAt)]], upsert: true)
    }

    fileprivate func alert(of job: JobRecord) -> InboxEntry {
        InboxEntry(
            recipient: providerID, kind: .offerNew, routes: [.providerOffers], body: body(of: job, "offer.new"),
            expiresAt: expiresAt)
    }

    fileprivate func farewell(of job: JobRecord, _ message: String, expiresAt: Date?) -> InboxEntry {
        InboxEntry(
            recipient: providerID, kind: .offerWithdrawn, routes: [.providerOffers], body: body(of: job, message),
            expiresAt: expiresAt)
    }

    private func body(of job: JobRecord, _ message: String) -> InboxBody {
        var body = job.body(message)
        // Who took it is nobody's business but the customer's.
        body.provider = nil
        body.offerID = id
        body.offerExpiresAt = expiresAt
        body.distanceKm = distanceMetres.map(Kilometres.shown)
        return body
    }
}
