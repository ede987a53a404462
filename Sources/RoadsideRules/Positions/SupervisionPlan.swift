public import FoundationEssentials

/// The numbers by which a provider on his way is watched (domain §4.4). Seconds and metres.
public struct SupervisionPlan: Sendable, Hashable {
    /// Without a position for so long his position is stale (domain §4.4), then he is lost and the job is searched for anew.
    public var staleSeconds = 90.0
    public var silentSeconds = 120.0
    /// Progress is to come nearer by so much; without any for so long he has stalled. Ours.
    public var stallMetres = 200.0
    public var stallSeconds = 600.0
    /// So long after the moment that nine of ten keep, the promise is broken. Ours.
    public var lateSeconds = 600.0
    /// One who is as near as this is waited for, however late he is. Ours.
    public var nearMetres = 1000.0
    /// Nearer by so much than where he started: he is on his way (domain §4.4).
    public var departMetres = 150.0
    /// Within this of the pickup for so long, by readings at least so exact: he is there (domain §4.4; the accuracy is
    /// ours).
    public var arrivalMetres = 100.0
    public var arrivalSeconds = 20.0
    public var arrivalAccuracy = 50.0
    /// Arrival is said for him, instead of being proposed to him.
    public var arrivesByItself = false
    /// A job's expected arrival is told anew at most this often. Ours.
    public var etaSeconds = 10.0

    public init() {}

    /// All windows shortened (or stretched) by one factor, distances kept (README decision 28).
    public func scaled(by factor: Double) -> SupervisionPlan {
        var plan = self
        plan.staleSeconds *= factor
        plan.silentSeconds *= factor
        plan.stallSeconds *= factor
        plan.lateSeconds *= factor
        plan.arrivalSeconds *= factor
        plan.etaSeconds *= factor
        return plan
    }

    /// - Parameter fixAt: of the holder's last live position; nil when he has never sent one.
    public func tracking(isHeld: Bool, fixAt: Date?, at now: Date) -> TrackingState {
        guard isHeld else { return .unassigned }
        guard let fixAt else { return .stale }
        let age = now.timeIntervalSince(fixAt)
        return age >= silentSeconds ? .lost : age >= staleSeconds ? .stale : .live
    }

    /// When a job that has just been taken is looked at first.
    public func firstLook(after acceptance: Date) -> Date {
        acceptance.addingTimeInterval(min(silentSeconds, stallSeconds))
    }
}
