/// So many within such a time. What was used comes back evenly, not all at once at the end of the time.
public struct Quota: Sendable, Hashable {
    public let limit: Int
    /// In seconds.
    public let window: Double

    /// - Parameters:
    ///   - limit: at least 1.
    ///   - window: in seconds, above 0.
    public init(_ limit: Int, per window: Double) {
        self.limit = max(1, limit)
        self.window = max(window, 0.001)
    }

    /// A quarter of it, in the same time.
    public var quarter: Quota { Quota(limit / 4, per: window) }

    /// Seconds until one that was used is back.
    var interval: Double { window / Double(limit) }
}

/// What somebody has used of a ``Quota``: the token bucket, written as the moment at which it will be full again. One
/// number is enough, so a table of many of them is small, and one that is full is as good as none.
public struct Bucket: Sendable, Hashable {
    /// In seconds, by whatever clock the caller counts.
    private var fullAt: Double

    /// A full one.
    public init() { fullAt = -.infinity }

    /// Takes one.
    ///
    /// - Parameter now: seconds by a clock that may be set back: then the bucket is full, since nobody knows better.
    /// - Returns: false when there is none; then nothing has changed.
    public mutating func take(_ quota: Quota, now: Double) -> Bool {
        let next = level(quota, now: now) + quota.interval
        guard next <= now + quota.window + Self.rounding else { return false }
        fullAt = next
        return true
    }

    /// How many are left.
    public func remaining(_ quota: Quota, now: Double) -> Int {
        let room = (now + quota.window - level(quota, now: now)) / quota.interval
        return Swift.max(0, Int((room + Self.rounding).rounded(.down)))
    }

    /// Seconds until there is one; 0 when there is.
    public func wait(_ quota: Quota, now: Double) -> Double {
        let wait = level(quota, now: now) + quota.interval - now - quota.window
        return wait > Self.rounding ? wait : 0
    }

    /// Seconds until all of them are back.
    public func recovery(_ quota: Quota, now: Double) -> Double { level(quota, now: now) - now }

    /// Puts one back that was taken.
    public mutating func giveBack(_ quota: Quota) { fullAt -= quota.interval }

    private func level(_ quota: Quota, now: Double) -> Double {
        // Further ahead than a window it was never set by this clock.
        fullAt > now + quota.window + 10 * Self.rounding ? now : Swift.max(fullAt, now)
    }

    /// Sums of intervals are not quite whole windows.
    private static let rounding = 1e-6
}
