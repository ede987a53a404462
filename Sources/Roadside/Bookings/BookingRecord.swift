import BSON
import FoundationEssentials

/// One document of `bookings`.
///
/// `mechanic_id` follows the job's `assigned_to`, in the same transactions: lists are read by it.
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
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id"), let jobID: ObjectID = document.get("job_id"),
            let createdAt: Date = document.get("created_at")
        else { return nil }
        self.id = id
        self.jobID = jobID
        self.createdAt = createdAt
        number = document.get("number") ?? 0
        scheduledTime = document.get("scheduled_time")
        estimatedMinutes = document.get("estimated_duration")
        notes = document.get("notes") ?? ""
    }
}
