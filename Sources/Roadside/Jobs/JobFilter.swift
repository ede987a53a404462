public import RoadsideRules

/// Which jobs of a list are wanted; empty means all.
public struct JobFilter: Sendable, Hashable {
    public var statuses: Set<JobStatus>
    public var serviceType: String?

    public init(statuses: Set<JobStatus> = [], serviceType: String? = nil) {
        self.statuses = statuses
        self.serviceType = serviceType
    }
}
