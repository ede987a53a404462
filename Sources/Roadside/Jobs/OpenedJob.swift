/// What a customer is told when he has asked for help.
public struct OpenedJob: Sendable {
    public let job: Job
    /// The providers nearest to him who could come, at most five (D5).
    public let nearby: [NearbyProvider]
}
