public import FoundationEssentials
public import RoadsideRules

/// What a customer asks for when he makes a booking.
public struct BookingRequest: Sendable {
    public enum Subject: Sendable {
        /// Help that is yet to be asked for; its provider, if named, is asked first.
        case newJob(JobRequest)
        /// A job of his that exists; `provider` as for a new one.
        case job(Reference, provider: Reference?)
    }

    public var subject: Subject
    public var details: BookingDetails

    public init(_ subject: Subject, _ details: BookingDetails) {
        self.subject = subject
        self.details = details
    }
}

/// What is written in a booking; nil is nothing, or no change.
public struct BookingDetails: Sendable, Hashable {
    /// Not in the past, at most a year ahead.
    public var scheduledTime: Date?
    /// 1 … 1440.
    public var estimatedMinutes: Int?
    /// At most 2000 characters.
    public var notes: String?

    public init(scheduledTime: Date? = nil, estimatedMinutes: Int? = nil, notes: String? = nil) {
        self.scheduledTime = scheduledTime
        self.estimatedMinutes = estimatedMinutes
        self.notes = notes
    }
}

extension BookingDetails {
    func issues(now: Date) -> [FieldIssue] {
        var issues: [FieldIssue] = []
        switch scheduledTime.flatMap({ BookingRules.problem(with: $0, now: now) }) {
        case .past: issues.append(FieldIssue(name: "scheduled_time", message: "Must not be in the past."))
        case .tooFarAhead: issues.append(FieldIssue(name: "scheduled_time", message: "At most a year ahead."))
        case nil: break
        }
        if let estimatedMinutes, !BookingRules.minutes.contains(estimatedMinutes) {
            let (least, most) = (BookingRules.minutes.lowerBound, BookingRules.minutes.upperBound)
            issues.append(FieldIssue(name: "estimated_duration", message: "Minutes from \(least) to \(most)."))
        }
        if let notes, Wording.clean(notes).count > Wording.descriptionLimit {
            issues.append(FieldIssue(name: "notes", message: "At most \(Wording.descriptionLimit) characters."))
        }
        return issues
    }

    /// As it is kept: times in whole seconds, as answers show them, so that what was shown and comes back is no change.
    var kept: BookingDetails {
        BookingDetails(
            scheduledTime: scheduledTime.map { Date(timeIntervalSince1970: $0.timeIntervalSince1970.rounded(.down)) },
            estimatedMinutes: estimatedMinutes, notes: notes.map(Wording.clean))
    }
}
