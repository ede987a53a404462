public import FoundationEssentials

/// Hours of the week in which a provider works, by the clocks of a place.
public struct Shift: Sendable, Hashable {
    /// 1 for Monday to 7 for Sunday (ISO 8601); those on which it begins.
    public let days: Set<Int>
    /// Minutes after midnight, 0 … 1439.
    public let from: Int
    /// Likewise. Not after ``from`` means the next day's: `22:00` to `06:00` passes midnight, `00:00` to `00:00` is a day.
    public let to: Int

    /// `nil` without a day, or with a day or a minute that is none.
    public init?(days: Set<Int>, from: Int, to: Int) {
        let minutes = 0..<1440
        guard !days.isEmpty, days.allSatisfy((1...7).contains), minutes.contains(from), minutes.contains(to) else {
            return nil
        }
        self.days = days
        self.from = from
        self.to = to
    }

    /// Whether it covers this minute of this day: its first minute does, its end does not.
    public func covers(day: Int, minute: Int) -> Bool {
        if from < to { return days.contains(day) && (from..<to).contains(minute) }
        return days.contains(day) && minute >= from || days.contains(day == 1 ? 7 : day - 1) && minute < to
    }

    /// Minutes after midnight of `08:30`; `nil` for what is no time of a day.
    public static func minutes(_ text: String) -> Int? {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(digits.contains) }),
            let hour = Int(String(parts[0]) ?? ""), let minute = Int(String(parts[1]) ?? ""), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    /// `08:30`.
    public static func text(_ minutes: Int) -> String {
        [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}

/// All shifts of one provider.
public struct ShiftPlan: Sendable, Hashable {
    /// None: he works at any time.
    public var shifts: [Shift]
    /// The clocks they are meant by.
    public var calendar: MarketCalendar

    public init(_ shifts: [Shift] = [], by calendar: MarketCalendar = .kenya) {
        self.shifts = shifts
        self.calendar = calendar
    }

    public func covers(_ moment: Date) -> Bool {
        guard !shifts.isEmpty else { return true }
        let (day, minute) = calendar.weekMinute(moment)
        return shifts.contains { $0.covers(day: day, minute: minute) }
    }
}
