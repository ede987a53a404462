import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

extension Bookings {
    /// Changes what is written in a booking. A new time is for its customer and staff while nobody has the job: the
    /// offers that are open are taken back, and the search begins anew when the lead of the new time begins. Duration and
    /// notes may change until the job is finished.
    ///
    /// - Throws: `VALIDATION_ERROR` with every wrong field; `PRECONDITION_FAILED` for another version;
    ///   `ILLEGAL_TRANSITION`, `JOB_CANCELLED`, `JOB_EXPIRED` when it is too late; `NOT_FOUND` for a foreign booking and
    ///   for a job that has none; `FORBIDDEN` for providers.
    public func change(
        _ reference: Reference, _ change: BookingDetails, ifVersion expected: Expectation = .any, by caller: Caller
    ) async throws(RoadsideError) -> Booking {
        try caller.require(.customer, .dispatcher, .admin, toDo: "change bookings")
        let actor = Actor(caller)
        let outcome = try await store.transaction { transaction in
            guard let job = try JobRecord.find(reference, in: transaction) else { throw RoadsideError.bookingNotFound }
            let refusal = JobRules.amendmentRefusal(job.facts, by: actor, now: dependencies.now())
            if refusal?.code == .notYours { throw RoadsideError.bookingNotFound }
            try expected.check(job)
            if let refusal { throw RoadsideError(refusal) }
            guard let booking = job.appointment else { throw RoadsideError.bookingNotFound }
            var change = change
            // What was shown may come back with a change, though its time has passed meanwhile.
            if change.kept.scheduledTime == booking.scheduledTime { change.scheduledTime = nil }
            let issues = change.issues(now: dependencies.now())
            guard issues.isEmpty else { throw RoadsideError.validation(issues) }
            let news = change.kept.differing(from: booking)
            guard !news.isEmpty else { return JobWriter.Outcome(job: job, rows: []) }
            let outcome = try move(
                job, to: news.get("scheduled_time"),
                changes: Document(fields: news.map { ("appointment.\($0.key)", $0.value) }), message: "booking.changed",
                by: actor,
                in: transaction)
            var set = news
            set.append("updated_at", .date(dependencies.now()))
            _ = try transaction.bookings.updateOne(["_id": .id(booking.id)], ["$set": .document(set)])
            try transaction.audit(
                .bookingChanged, job, outcome.job, news.audited, was: booking.audited(news), by: caller,
                at: dependencies.now())
            return outcome
        }
        jobs.announce(outcome)
        return Booking(of: try await jobs.reader.committed(outcome.job, for: caller))
    }

    /// The job's side of a new booking or a changed one, told to its parties: put off to another time when there is one,
    /// otherwise only marked as changed.
    ///
    /// - Throws: `ILLEGAL_TRANSITION` for a time when somebody holds the job already.
    func move(
        _ job: JobRecord, to time: Date?, changes: Document, message: String, by actor: Actor,
        in transaction: MongoTransaction
    ) throws -> JobWriter.Outcome {
        guard let time else { return try jobs.writer.amend(job, changes, message, by: actor, in: transaction) }
        // Another hour may have another price.
        let changes = changes.and(jobs.repriced(job, for: time))
        let searchAt = searchMoment(for: time)
        // A search that is under way goes on for a time that is near.
        if searchAt == nil, job.status == .matching {
            return try jobs.writer.amend(job, changes, message, by: actor, in: transaction)
        }
        let now = dependencies.now()
        let decision = try JobRules.decide(job.facts, .postpone(searchAt: searchAt ?? now), by: actor, now: now)
            .orThrow()
        return try jobs.writer.write(decision, to: job, by: actor, extra: changes, in: transaction)
    }

    func searchMoment(for time: Date?) -> Date? {
        BookingRules.searchMoment(
            for: time, leadSeconds: dependencies.settings.bookingLead.timeInterval, now: dependencies.now())
    }
}

extension BookingDetails {
    /// The fields that say something else than the booking does.
    fileprivate func differing(from booking: BookingRecord) -> Document {
        var news = Document()
        if scheduledTime != booking.scheduledTime { news.append("scheduled_time", ifPresent: scheduledTime) }
        if estimatedMinutes != booking.estimatedMinutes {
            news.append("estimated_duration", ifPresent: estimatedMinutes)
        }
        if notes != booking.notes { news.append("notes", ifPresent: notes) }
        return news
    }
}

extension Document {
    /// What the audit log says of such news: of notes only that they are others, for it keeps what a customer writes
    /// longer than he may want.
    fileprivate var audited: Document {
        Document(
            fields: map { field -> (String, BSONValue) in
                field.key == "notes" ? ("notes_changed", .bool(true)) : (field.key, field.value)
            })
    }
}

extension BookingRecord {
    /// What is about to be changed, as it was.
    fileprivate func audited(_ news: Document) -> Document {
        var former = Document()
        if news.get("scheduled_time", as: Date.self) != nil {
            former.append("scheduled_time", ifPresent: scheduledTime)
        }
        if news.get("estimated_duration", as: Int.self) != nil {
            former.append("estimated_duration", ifPresent: estimatedMinutes)
        }
        return former
    }
}

extension RoadsideError {
    fileprivate static let bookingNotFound = RoadsideError.notFound("Booking")
}
