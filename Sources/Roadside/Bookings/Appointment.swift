import BSON
import FoundationEssentials
import RoadsideRules

/// A booking about to be written, in the transaction that opens or changes its job.
struct Appointment: Sendable {
    let id = ObjectID()
    let number: Int64
    let details: BookingDetails
    /// When the search for a provider begins; nil means at once.
    let searchAt: Date?

    /// What the job keeps of it.
    func facts(at now: Date) -> Document {
        var facts: Document = ["_id": .id(id), "number": .int64(number)]
        facts.append("scheduled_time", ifPresent: details.scheduledTime)
        facts.append("estimated_duration", ifPresent: details.estimatedMinutes)
        facts.append("notes", .string(details.notes ?? ""))
        facts.append("created_at", .date(now))
        return facts
    }

    func document(of job: JobRecord, at now: Date) -> Document {
        var document = facts(at: now)
        document.append("job_id", .id(job.id))
        document.append("customer_id", .id(job.customerID))
        document.append("mechanic_id", ifPresent: job.assignedTo)
        document.append("updated_at", .date(now))
        return document
    }
}

extension JobRequest {
    /// The stations a job passes when it is opened: straight into the search, unless its appointment is far.
    var firstSteps: [JobStatus] { appointment?.searchAt == nil ? [.requested, .matching] : [.scheduled] }
}
