public import FoundationEssentials

/// How a provider has come along on his way to the scene. Metres in a straight line to the pickup.
public struct ApproachProgress: Sendable, Hashable {
    public var startedAt: Date
    /// Where he was when he took the job, or when he was first heard of after it.
    public var startMetres: Double?
    /// The last distance that was progress, and when.
    public var nearestMetres: Double?
    public var progressAt: Date
    /// Since when every reading has been at the pickup.
    public var insideSince: Date?
    /// When it was proposed that he has arrived.
    public var proposedAt: Date?

    public init(startedAt: Date, startMetres: Double? = nil) {
        self.startedAt = startedAt
        self.startMetres = startMetres
        nearestMetres = startMetres
        progressAt = startedAt
    }

    /// What a reading says about his way.
    public enum Event: Sendable, Hashable {
        case departed, arrived
    }

    /// Takes one reading in. Readings come in order of time; those of before he had the job say nothing about it.
    public mutating func note(metres: Double, at moment: Date, accuracy: Double?, plan: SupervisionPlan) -> Set<Event> {
        guard moment >= startedAt else { return [] }
        let start = startMetres ?? metres
        startMetres = start
        let nearest = nearestMetres ?? start
        nearestMetres = nearest
        if nearest - metres >= plan.stallMetres {
            nearestMetres = metres
            progressAt = moment
        }
        // A reading that may be off by half a street settles nothing at a fence.
        guard accuracy ?? 0 <= plan.arrivalAccuracy else { return [] }
        var events: Set<Event> = start - metres > plan.departMetres ? [.departed] : []
        if metres <= plan.arrivalMetres {
            let since = insideSince ?? moment
            insideSince = since
            if proposedAt == nil, moment.timeIntervalSince(since) >= plan.arrivalSeconds {
                proposedAt = moment
                events.insert(.arrived)
            }
        } else {
            insideSince = nil
            // Gone again. Twice the radius, so that one who stands at the fence is not asked over and over.
            if metres > plan.arrivalMetres * 2 { proposedAt = nil }
        }
        return events
    }
}
