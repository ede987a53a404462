public import FoundationEssentials
public import RoadsideRules

/// How a provider's day stands.
public struct Workload: Sendable, Hashable {
    /// Since when he is on duty; nil when he is not.
    public let onDutySince: Date?
    /// Of the last 24 hours.
    public let minutesUsed: Int
    /// nil where the installation sets no limit.
    public let minutesLeft: Int?
    /// Whether this is an hour he works at.
    public let isOnShift: Bool
    public let presence: Presence
}

extension Accounts {
    /// - Returns: what this moment makes of what is stored.
    public func workload(of profile: ProviderProfile) -> Workload {
        let duty = profile.work.duty
        return Workload(
            onDutySince: duty.since, minutesUsed: DutyRules.minutesUsed(duty, at: now),
            minutesLeft: DutyRules.minutesLeft(duty, limit: settings.dutyMinutes, at: now),
            isOnShift: profile.work.shifts.covers(now),
            presence: Presence(hasPosition: profile.location != nil, fixAt: profile.fixAt, at: now))
    }
}

extension RoadsideSettings {
    /// The limit of duty, as the rules count it.
    var dutyMinutes: Int { Int(dutyLimit.timeInterval / 60) }
}

extension Dependencies {
    /// What a job of this capability with these requirements asks of a provider, by the reference data and the settings
    /// of this installation.
    func need(_ capability: String, _ requirements: JobRequirements) -> JobNeed {
        reference.current.need(
            capability, requirements, dutyLimit: settings.dutyMinutes, papers: settings.requiredPapers)
    }
}
