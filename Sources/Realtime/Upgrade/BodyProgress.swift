import NIOCore

/// How much of a request's body has come, and how much longer it may therefore take.
struct BodyProgress {
    private let startedAt: NIODeadline
    private var bytes = 0
    /// The last look at it.
    private var lookedAt: NIODeadline
    private var bytesThen = 0

    init(startedAt: NIODeadline = .uptimeNanoseconds(0)) {
        (self.startedAt, lookedAt) = (startedAt, startedAt)
    }

    mutating func arrived(_ count: Int) { bytes += count }

    /// Looks at it when its time is over.
    ///
    /// - Returns: until when it may go on; nil when it has had enough, or has stopped coming.
    mutating func `extension`(at now: NIODeadline, _ limits: HTTPLimits) -> NIODeadline? {
        let rate = Double(max(1, limits.bodyBytesPerSecond))
        let (passed, came) = (Double((now - lookedAt).nanoseconds) / 1e9, Double(bytes - bytesThen))
        guard came >= rate / 4 * passed else { return nil }
        let earned = TimeAmount(positive: limits.requestDeadline + .seconds(Double(bytes) / rate))
        let end = startedAt + min(earned, TimeAmount(positive: limits.longestBody))
        guard end > now else { return nil }
        (lookedAt, bytesThen) = (now, bytes)
        return min(end, now + TimeAmount(positive: limits.requestDeadline))
    }
}
