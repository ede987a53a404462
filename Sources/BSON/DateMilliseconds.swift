public import FoundationEssentials

/// Dates at the resolution BSON stores: whole milliseconds since 1970.
extension Date {
    /// Whole milliseconds since 1970-01-01T00:00:00Z, rounded towards the past.
    ///
    /// `Date` keeps seconds in a `Double`, so a date made from milliseconds sits a hair beside them; plain flooring
    /// would lose one. Anything within the rounding error of a millisecond therefore counts as that millisecond.
    /// Dates out of range are clamped, and NaN is 1970.
    public var millisecondsSince1970: Int64 {
        let exact = timeIntervalSince1970 * 1000
        guard exact.isFinite else { return exact.isNaN ? 0 : (exact < 0 ? .min : .max) }
        let nearest = exact.rounded()
        let hair = max(0.001, timeIntervalSince1970.ulp * 2000)
        let whole = abs(exact - nearest) <= hair ? nearest : exact.rounded(.down)
        return Int64(exactly: whole) ?? (whole < 0 ? .min : .max)
    }

    /// The date `milliseconds` after 1970-01-01T00:00:00Z.
    public init(millisecondsSince1970 milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    /// This date without its fraction of a millisecond, as it will come back from the database.
    public var truncatedToMilliseconds: Date {
        Date(millisecondsSince1970: millisecondsSince1970)
    }
}
