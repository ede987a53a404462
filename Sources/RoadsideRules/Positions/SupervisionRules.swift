public import FoundationEssentials

/// Why a job is taken from a provider who is on his way. The raw values are the reasons in the job's events.
public enum SupervisionReason: String, CaseIterable, Sendable, Hashable {
    /// He has sent positions, and none for too long.
    case silent
    /// He comes no nearer.
    case stalled
    /// The promised time has passed, and he is not even near.
    case late
}

/// What is known of a provider on his way.
public struct SupervisionFacts: Sendable, Hashable {
    public var progress: ApproachProgress
    /// Of his last live position; nil when he has never sent one.
    public var fixAt: Date?
    /// From that position to the pickup in a straight line.
    public var metres: Double?
    /// The moment that nine of ten would keep, by what was promised at acceptance; nil when nothing was.
    public var promisedBy: Date?

    public init(progress: ApproachProgress, fixAt: Date? = nil, metres: Double? = nil, promisedBy: Date? = nil) {
        self.progress = progress
        self.fixAt = fixAt
        self.metres = metres
        self.promisedBy = promisedBy
    }
}

/// Whether a provider on his way may keep the job (domain §4.4: stall, silence, promise broken).
public enum SupervisionRules {
    public enum Verdict: Sendable, Hashable {
        /// Nothing to be done before this moment.
        case wait(until: Date)
        case reallocate(SupervisionReason)
    }

    public static func judge(_ facts: SupervisionFacts, _ plan: SupervisionPlan, now: Date) -> Verdict {
        var dues: [(SupervisionReason, Date)] = []
        let isNear = facts.isTracked(plan) && facts.metres.map { $0 <= plan.nearMetres } == true
        if facts.isTracked(plan), let fixAt = facts.fixAt {
            dues.append((.silent, max(fixAt, facts.progress.startedAt).addingTimeInterval(plan.silentSeconds)))
            if !isNear { dues.append((.stalled, facts.progress.progressAt.addingTimeInterval(plan.stallSeconds))) }
        }
        if let promisedBy = facts.promisedBy, !isNear {
            dues.append((.late, promisedBy.addingTimeInterval(plan.lateSeconds)))
        }
        if let broken = dues.first(where: { $0.1 <= now }) { return .reallocate(broken.0) }
        // Where nothing runs out something may begin to: his first position, or his turning back.
        return .wait(until: dues.map(\.1).min() ?? now.addingTimeInterval(plan.silentSeconds))
    }
}

extension SupervisionFacts {
    /// Whether he was sending positions when he took the job, or has since. One whose last is from last week is known by
    /// his base, and nobody may call him silent.
    fileprivate func isTracked(_ plan: SupervisionPlan) -> Bool {
        guard let fixAt else { return false }
        return fixAt >= progress.startedAt.addingTimeInterval(-plan.silentSeconds)
    }
}
