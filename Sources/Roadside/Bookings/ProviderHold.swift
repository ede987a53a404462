public import BSON
public import FoundationEssentials

/// A stretch of a provider's time that an appointment keeps for itself: from before the way to after the work.
public struct ProviderHold: Sendable, Hashable {
    public let jobID: ObjectID
    public let from: Date
    public let to: Date

    public init(jobID: ObjectID, from: Date, to: Date) {
        self.jobID = jobID
        self.from = from
        self.to = to
    }
}

extension ProviderHold {
    /// An entry of `mechanics.holds`.
    init?(_ document: Document) {
        guard let jobID: ObjectID = document.get("job_id"), let from: Date = document.get("from"),
            let to: Date = document.get("to")
        else { return nil }
        self.init(jobID: jobID, from: from, to: to)
    }

    var document: Document { ["job_id": .id(jobID), "from": .date(from), "to": .date(to)] }
}

extension ProviderProfile {
    /// When the hold ends that keeps him from this job: one of another appointment that goes on, or begins within `ahead`
    /// seconds. nil when none does.
    func heldUntil(for job: ObjectID, at now: Date, ahead: TimeInterval) -> Date? {
        holds.filter { $0.jobID != job && $0.to > now && $0.from <= now.addingTimeInterval(ahead) }.map(\.to).max()
    }
}
