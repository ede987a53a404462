import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension Jobs {
    /// Opens a job for this customer and starts the search for a provider: first the one he asked for, alone and for half
    /// a minute, then everybody around.
    ///
    /// - Returns: the job, and the providers nearest to it who could come.
    /// - Throws: `VALIDATION_ERROR` with every wrong field, and for a vehicle that is not his; `FORBIDDEN` for anybody but
    ///   a customer; `QUOTE_EXPIRED` or `QUOTE_USED` for the quote it names; `OPEN_JOB_EXISTS` with the `number` of his open
    ///   job where he may have one only (K46).
    public func open(_ request: JobRequest, by caller: Caller) async throws(RoadsideError) -> OpenedJob {
        try caller.require(.customer, toDo: "ask for help")
        let terms = try checked(request)
        if let job = try await opened(request.clientReference, by: caller) { return job }
        do throws(RoadsideError) {
            return try await open(request, terms, by: caller)
        } catch  where error.code == .conflict || error.code == .openJobExists {
            // Somebody, mostly his own client, was quicker.
            if let job = try await opened(request.clientReference, by: caller) { return job }
            guard error.code == .openJobExists else { throw error }
            throw .openJobExists(try await openJob(of: caller))
        }
    }

    /// The job of this caller's that his client calls so.
    private func opened(_ reference: String?, by caller: Caller) async throws(RoadsideError) -> OpenedJob? {
        guard let reference, let job = try await job(clientReference: reference, for: caller) else { return nil }
        return OpenedJob(job: job, nearby: [], isRepeated: true)
    }

    /// The number of the one job he may have open.
    private func openJob(of caller: Caller) async throws(RoadsideError) -> Int64? {
        try await store.database { () async throws(MongoError) in
            try await store.services.findOne(
                ["customer_id": .id(caller.userID), "single_open": true], projection: ["number": 1])
        }?.get("number")
    }

    private func open(
        _ request: JobRequest, _ terms: JobTerms, by caller: Caller
    ) async throws(RoadsideError) -> OpenedJob {
        let request = try await withVehicle(request, of: caller)
        let preferred = try await preferredProvider(request.preferredProvider)
        let plan = dependencies.plan(
            settled: request.policy.plan, for: terms.type.code, at: request.location
        ).plan
        let id = ObjectID()
        // Before anything is written: once the job is open, nothing may make the answer look like a failure. The customer
        // is read once, for the job and for the answer.
        let contact = try await contact(of: caller)
        let people = People(customer: contact)
        let customer = contact.map(JobRecord.Person.init) ?? JobRecord.Person(number: 0, name: "")
        // Whom the answer shows and whom the search asks first are found by one walk.
        async let walk = request.appointment?.searchAt == nil ? nearest(to: request, terms, plan, of: id) : nil
        // Outside the transaction: a gap does no harm, a queue behind one counter would (decision 27).
        let number = try await store.nextNumber(.jobs)
        let found = await walk
        let draft = JobDraft(
            request, id: id, terms: terms, number: number, customer: (caller.userID, customer), preferred: preferred,
            plan, needsStartCode: request.policy.needsStartCode ?? (settings.startOTP == .required),
            at: dependencies.now())
        let first = await firstBatch(of: draft, knowing: found)
        let (price, inputs) = (JobPrice(terms, estimate(terms, for: request)), QuoteInputs(request, terms))

        IdempotencyClaim.current?.willMake(id)
        let (outcome, asked) = try await store.transaction { transaction in
            // Somebody else writes to the same providers: the customer does not wait for that.
            let first = transaction.attempt == 1 ? first : nil
            // His token may outlive his account by a moment. An erasure at this very moment writes to his inbox, as the
            // opening does below, so that one of the two runs again and sees the other.
            guard try transaction.users.findOne(["_id": .id(caller.userID)], projection: ["_id": 1]) != nil else {
                throw RoadsideError.invalidToken
            }
            let promised = try request.quote.map {
                try quotes.redeem($0, of: caller.userID, for: inputs, job: id, in: transaction)
            }
            let document = draft.document(asking: first).and((promised ?? price).document)
            try transaction.services.insert(document)
            guard let job = JobRecord(document) else { throw RoadsideError.jobNotFound }
            if let appointment = request.appointment {
                try transaction.bookings.insert(appointment.document(of: job, at: job.createdAt))
                try writer.holds.settle(job, in: transaction)
            }
            var body = job.body(job.status == .scheduled ? "job.scheduled" : "job.opened")
            body.actor = .customer
            let row = InboxEntry(recipient: job.customerID, kind: .jobStatus, routes: [.customerJobs], body: body)
            let alerts = try first.map { try dispatch.book.insert($0.offers, of: job, in: transaction) } ?? []
            let rows = try inbox.append([row] + alerts, in: transaction)
            return (JobWriter.Outcome(job: job, rows: rows), first)
        }
        inbox.ring(outcome.rows)
        dispatch.begin(outcome.job, knowing: found, having: asked)
        let shown = request.appointment == nil ? found?.candidates.prefix(OfferRules.nearbyShown) ?? [] : []
        return OpenedJob(
            job: reader.job(outcome.job, for: caller, among: people),
            nearby: shown.map { NearbyProvider($0, showingContact: settings.contactBeforeAccept) })
    }

    private var settings: RoadsideSettings { dependencies.settings }

    /// What the session gate has just read of him, or a look of our own.
    private func contact(of caller: Caller) async throws(RoadsideError) -> Contact? {
        if let known = dependencies.gate.contact(of: caller.userID, at: dependencies.now()) { return known }
        return try await store.database { () async throws(MongoError) in
            Contact(try await store.users.findOne(["_id": .id(caller.userID)], projection: Contact.fields))
        }
    }

    /// - Throws: `VALIDATION_ERROR` when he has no such vehicle.
    private func withVehicle(_ request: JobRequest, of caller: Caller) async throws(RoadsideError) -> JobRequest {
        guard let own = request.ownVehicle else { return request }
        var request = request
        request.vehicle = try await Vehicles(dependencies).facts(of: own, for: caller)
        return request
    }

    /// nil when they could not be read: then the answer shows nobody, and the search looks for itself.
    private func nearest(
        to request: JobRequest, _ terms: JobTerms, _ plan: SearchPlan, of job: ObjectID
    ) async -> CandidateSearch.Known? {
        let query = ProviderSearch.Query(
            center: request.location, metres: plan.maxKm * 1000, capability: terms.capability,
            limit: max(plan.fanOut, OfferRules.nearbyShown))
        return try? await search.candidates(
            query, for: dependencies.need(terms.capability, terms.requirements), of: job, at: dependencies.now())
    }

    private func firstBatch(
        of draft: JobDraft, knowing known: CandidateSearch.Known?
    ) async -> Dispatch.FirstBatch? {
        guard let known, let job = JobRecord(draft.document(asking: nil)) else { return nil }
        return await dispatch.firstBatch(of: job, knowing: known)
    }

    private func checked(_ request: JobRequest) throws(RoadsideError) -> JobTerms {
        let (terms, issues) = judged(request)
        guard let terms, issues.isEmpty else { throw .validation(issues) }
        return terms
    }

    /// The terms of a request, and everything that is wrong with it.
    func judged(_ request: JobRequest) -> (terms: JobTerms?, issues: [FieldIssue]) {
        var (terms, issues) = catalog.judged(request)
        if Wording.clean(request.address).count > Wording.addressLimit {
            issues.append(FieldIssue(name: "address", message: "At most \(Wording.addressLimit) characters."))
        }
        if Wording.clean(request.destination?.address ?? "").count > Wording.addressLimit {
            issues.append(
                FieldIssue(name: "destination.address", message: "At most \(Wording.addressLimit) characters."))
        }
        if Wording.clean(request.description).count > Wording.descriptionLimit {
            issues.append(FieldIssue(name: "description", message: "At most \(Wording.descriptionLimit) characters."))
        }
        if let reference = request.clientReference, !(1...Wording.referenceLimit).contains(reference.count) {
            issues.append(
                FieldIssue(name: "client_reference", message: "From 1 to \(Wording.referenceLimit) characters."))
        }
        return (terms, issues)
    }

    /// - Throws: `VALIDATION_ERROR` when there is no such provider. One who cannot come just now is no error: whoever is
    ///   stranded wants help first, so the search goes on without him.
    private func preferredProvider(_ reference: Reference?) async throws(RoadsideError) -> ObjectID? {
        guard let reference else { return nil }
        guard let profile = try await profile(reference) else {
            throw .validation([FieldIssue(name: "provider_id", message: "There is no such provider.")])
        }
        return profile.id
    }

    func profile(_ reference: Reference) async throws(RoadsideError) -> ProviderProfile? {
        let document = try await store.database { () async throws(MongoError) in
            try await store.mechanics.findOne(reference.filter)
        }
        return document.flatMap { try? ProviderProfile($0) }
    }
}
