public import BSON
public import FoundationEssentials
import RoadsideRules

/// An appointment and the job it points at, as one caller may see them.
///
/// Whatever happens to a job happens to its booking: status, parties and price are the job's, nothing of it is kept twice.
/// A job without an appointment looks like one that has no time, under the job's own names, so that clients who know
/// bookings alone can follow every job.
public struct Booking: Sendable {
    public let id: ObjectID
    public let number: Int64
    public let job: Job
    /// Whole seconds; nil for help at once.
    public let scheduledTime: Date?
    public let estimatedMinutes: Int?
    /// Empty when there are none.
    public let notes: String
    public let createdAt: Date

    init(of job: Job) { self.init(job.appointment, of: job) }

    init(_ record: BookingRecord?, of job: Job) {
        id = record?.id ?? job.id
        number = record?.number ?? job.number
        self.job = job
        scheduledTime = record?.scheduledTime
        estimatedMinutes = record?.estimatedMinutes
        notes = record?.notes ?? ""
        createdAt = record?.createdAt ?? job.createdAt
    }

    /// When it was cancelled, by whichever path; nil for one that came to another end.
    public var cancelledAt: Date? { cancellation?.at }
    public var cancellationReason: String? { cancellation?.reason }

    private var cancellation: JobEvent? {
        job.status == .cancelled ? job.events.last { $0.status == .cancelled } : nil
    }
}
