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

    /// One day of the market.
    public struct Day: Sendable, Hashable {
        /// `2026-11-30`.
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

    /// So many days in a row, oldest first; the last is the one of this moment.
    public func days(_ count: Int, upTo moment: Date) -> [Day] {
        let (calendar, today) = (calendar, startOfDay(moment))
        return (0..<max(count, 0)).reversed().compactMap { ago in
            guard let start = calendar.date(byAdding: .day, value: -ago, to: today) else { return nil }
            let parts = calendar.dateComponents([.year, .month, .day], from: start)
            let name = "\(parts.year ?? 0)-\(Self.twoDigits(parts.month ?? 1))-\(Self.twoDigits(parts.day ?? 1))"
            return Day(name: name, start: start)
        }
    }

    /// `+03:00`, as databases take it.
    public var offset: String {
        let (hours, minutes) = abs(minutesFromUTC).quotientAndRemainder(dividingBy: 60)
        return "\(minutesFromUTC < 0 ? "-" : "+")\(Self.twoDigits(hours)):\(Self.twoDigits(minutes))"
    }

    /// Minutes since midnight, 0 … 1439.
    public func minuteOfDay(_ moment: Date) -> Int {
        let parts = calendar.dateComponents([.hour, .minute], from: moment)
        return (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
    }

    /// From 1 each.
    public func monthAndDay(_ moment: Date) -> (month: Int, day: Int) {
        let parts = calendar.dateComponents([.month, .day], from: moment)
        return (parts.month ?? 1, parts.day ?? 1)
    }

    /// The weekday, 1 for Monday to 7 for Sunday, and the minutes after midnight. Plain arithmetic: asked of every
    /// candidate of a search.
    public func weekMinute(_ moment: Date) -> (day: Int, minute: Int) {
        let seconds = moment.timeIntervalSince1970 + Double(minutesFromUTC) * 60
        guard abs(seconds) < 1e12 else { return (1, 0) }
        let minutes = Int((seconds / 60).rounded(.down))
        let days = (minutes < 0 ? minutes - 1439 : minutes) / 1440
        // The first of January 1970 was a Thursday.
        return (((days + 3) % 7 + 7) % 7 + 1, minutes - days * 1440)
    }

    /// The midnight that ends a day written `2027-03-31`; `nil` for what is no day of the years 1970 to 9999.
    public func end(ofDay text: String) -> Date? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard text.utf8.count == 10, parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]),
            let month = Int(parts[1]), let day = Int(parts[2]), (1970...9999).contains(year)
        else { return nil }
        let components = DateComponents(year: year, month: month, day: day)
        let calendar = calendar
        guard let start = calendar.date(from: components),
            calendar.dateComponents([.year, .month, .day], from: start) == components
        else { return nil }
        return start.addingTimeInterval(24 * 3600)
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
