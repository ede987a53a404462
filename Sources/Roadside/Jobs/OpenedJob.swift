/// What a customer is told when he has asked for help.
public struct OpenedJob: Sendable {
    public let job: Job
    /// The providers nearest to him who could come, at most five (D5).
    public let nearby: [NearbyProvider]
    /// Whether it was there already, under the reference of its client (K28); then `nearby` is empty.
    public var isRepeated = false
}
