import BSON
import FoundationEssentials
import Logging
import Mongo
public import RoadsideRules

extension Bookings {
    /// Makes a booking: for a new job, opened in the same transaction, or for one of the customer's own that is not
    /// finished and has no booking yet. With a time beyond the lead the job waits as `scheduled`; otherwise it is searched
    /// for at once.
    ///
    /// - Throws: `VALIDATION_ERROR` with every wrong field; `NOT_FOUND` for a job that is not his; `CONFLICT` for one that
    ///   has a booking; the job's own state when it is finished, or held by somebody and the booking brings a time;
    ///   `JOB_ALREADY_TAKEN` when it names another provider than the one who holds the job; `HOLD_OVERLAP` when that
    ///   provider's time is kept by another appointment; `FORBIDDEN` for anybody but a customer.
    public func create(_ request: BookingRequest, by caller: Caller) async throws(RoadsideError) -> Booking {
        try caller.require(.customer, toDo: "make bookings")
        var issues = request.details.issues(now: dependencies.now())
        if case .newJob(let help) = request.subject { issues = jobs.judged(help).issues + issues }
        guard issues.isEmpty else { throw .validation(issues) }
        switch request.subject {
        case .newJob(var help):
            help.appointment = try await appointment(request.details)
            help.serviceTime = request.details.kept.scheduledTime
            return Booking(of: try await jobs.open(help, by: caller).job)
        case .job(let reference, let provider):
            return try await attach(request.details, to: reference, provider: provider, by: caller)
        }
    }

    /// What speaks against the parts of a booking, some of which may be missing: so that a body can be told all its faults
    /// at once. ``create(_:by:)`` asks again.
    ///
    /// - Parameter serviceType: of the job to be opened; nil when it exists.
    public func issues(
        _ details: BookingDetails, serviceType: String?, location: GeoPoint?, destination: GeoPoint?
    ) -> [FieldIssue] {
        let issues = serviceType.map {
            jobs.catalog.issues(
                serviceType: $0, requirements: JobRequirements(), location: location, destination: destination)
        }
        return (issues ?? []) + details.issues(now: dependencies.now())
    }

    private func appointment(_ details: BookingDetails) async throws(RoadsideError) -> Appointment {
        let details = details.kept
        // Outside the transaction, as every number is (decision 27).
        return Appointment(
            number: try await store.nextNumber(.jobs), details: details,
            searchAt: searchMoment(for: details.scheduledTime))
    }

    private func attach(
        _ details: BookingDetails, to reference: Reference, provider: Reference?, by caller: Caller
    ) async throws(RoadsideError) -> Booking {
        // Foreign jobs are told from one's own before anything else about them is said.
        let id = try await jobs.reader.record(reference, for: caller).id
        var chosen: ProviderProfile?
        if let provider { chosen = try await jobs.known(provider) }
        let appointment = try await appointment(details)
        let actor = Actor(caller)
        let outcome = try await store.transaction { [chosen] transaction in
            guard let job = JobRecord(try transaction.services.findOne(["_id": .id(id)])) else {
                throw RoadsideError.jobNotFound
            }
            let now = dependencies.now()
            if let refusal = JobRules.amendmentRefusal(job.facts, by: actor, now: now) { throw RoadsideError(refusal) }
            if job.appointment != nil { throw RoadsideError.alreadyBooked }
            var changes: Document = ["appointment": .document(appointment.facts(at: now))]
            if let chosen, chosen.id != job.assignedTo {
                if let refusal = JobRules.offerRefusal(job.facts, to: chosen.id, by: actor, now: now) {
                    throw RoadsideError(refusal)
                }
                changes.append("dispatch.preferred", .id(chosen.id))
            }
            let outcome = try move(
                job, to: appointment.details.scheduledTime, changes: changes, message: "booking.created", by: actor,
                in: transaction)
            try transaction.bookings.insert(appointment.document(of: outcome.job, at: now))
            try jobs.writer.holds.settle(outcome.job, in: transaction)
            return outcome
        }
        jobs.announce(outcome)
        if let chosen, outcome.job.status == .matching { await ask(chosen, about: outcome.job) }
        return Booking(of: try await jobs.reader.committed(outcome.job, for: caller))
    }

    /// The search is going on already, so the chosen one is asked beside it (decision 21). That he cannot come just now is
    /// no error: the booking is made, and others are being asked.
    private func ask(_ provider: ProviderProfile, about job: JobRecord) async {
        guard dependencies.mayBeAsked(provider, at: dependencies.now()), provider.capabilities.contains(job.capability)
        else { return }
        do throws(RoadsideError) {
            try await jobs.dispatch.propose(job, to: provider)
        } catch {
            dependencies.logger.info(
                "A chosen provider could not be asked", metadata: ["job": "\(job.number)", "error": "\(error)"])
        }
    }
}

extension RoadsideError {
    static let alreadyBooked = RoadsideError(.conflict, "This service has a booking already.")
}
