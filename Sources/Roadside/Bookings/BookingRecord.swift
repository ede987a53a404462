import BSON
import FoundationEssentials

/// What a booking adds to its job: kept in its document of `bookings`, by which lists are read, and as `appointment` in
/// the job, so that one read finds both. The two are written in the same transactions.
///
/// `mechanic_id` of `bookings` follows the job's `assigned_to` in the same way.
struct BookingRecord: Sendable {
    let id: ObjectID
    let number: Int64
    let jobID: ObjectID
    let scheduledTime: Date?
    let estimatedMinutes: Int?
    let notes: String
    let createdAt: Date
}

extension BookingRecord {
    /// Reads a document of `bookings`.
    init?(_ document: Document?) {
        guard let jobID: ObjectID = document?.get("job_id") else { return nil }
        self.init(document, of: jobID)
    }

    /// Reads what the job itself keeps.
    init?(_ appointment: Document?, of job: ObjectID) {
        guard let appointment, let id: ObjectID = appointment.get("_id"),
            let createdAt: Date = appointment.get("created_at")
        else { return nil }
        self.id = id
        jobID = job
        self.createdAt = createdAt
        number = appointment.get("number") ?? 0
        scheduledTime = appointment.get("scheduled_time")
        estimatedMinutes = appointment.get("estimated_duration")
        notes = appointment.get("notes") ?? ""
    }

    /// The names under which both documents keep these facts.
    static let sharedFields = ["_id", "number", "scheduled_time", "estimated_duration", "notes", "created_at"]
}
