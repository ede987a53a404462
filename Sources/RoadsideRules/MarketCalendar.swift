public import FoundationEssentials

/// Days and months as the clocks of a market show them.
///
/// A fixed distance from UTC needs no database of time zones. A market with summer time would need one; the default,
/// Kenya, has kept UTC+3 since 1960 (Africa/Nairobi).
public struct MarketCalendar: Sendable, Hashable {
    /// One calendar month of the market.
    public struct Month: Sendable, Hashable {
        /// `2026-11`.
        public let name: String
        /// Its first moment.
        public let start: Date
    }

    public static let kenya = MarketCalendar(minutesFromUTC: 180)

    /// Between −18 and 18 hours; anything else counts as UTC.
    public let minutesFromUTC: Int

    public init(minutesFromUTC: Int) {
        self.minutesFromUTC = abs(minutesFromUTC) <= 18 * 60 ? minutesFromUTC : 0
    }

    /// The midnight that began the day of this moment.
    public func startOfDay(_ moment: Date) -> Date {
        calendar.startOfDay(for: moment)
    }

    /// So many months in a row, oldest first; the last is the one of this moment.
    public func months(_ count: Int, upTo moment: Date) -> [Month] {
        let now = calendar.dateComponents([.year, .month], from: moment)
        // Months since year 0, so that a year's end needs no case of its own.
        let last = (now.year ?? 0) * 12 + (now.month ?? 1) - 1
        return (0..<max(count, 0)).reversed().compactMap { ago in
            let (year, month) = (last - ago).quotientAndRemainder(dividingBy: 12)
            let start = calendar.date(from: DateComponents(year: year, month: month + 1, day: 1))
            return start.map { Month(name: "\(year)-\(Self.twoDigits(month + 1))", start: $0) }
        }
    }

    /// 0 … 23.
    public func hour(_ moment: Date) -> Int {
        let seconds = (moment.timeIntervalSince1970 + Double(minutesFromUTC) * 60) / 3600
        let hours = Int(exactly: min(max(seconds, -1e9), 1e9).rounded(.down)) ?? 0
        return (hours % 24 + 24) % 24
    }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: minutesFromUTC * 60) ?? .gmt
        return calendar
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
