/// A day of the Gregorian calendar, extended to all years.
struct CivilDay: Hashable {
    let year: Int64
    let month: Int64
    let day: Int64

    /// Days of a year that begins in March, so that the leap day comes last, before each of its months.
    private static let daysBefore: [Int64] = [0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337]
    /// From 1 March of year 0 to 1 January 1970.
    private static let epoch: Int64 = 719_468
    private static let daysIn400Years: Int64 = 146_097

    /// The day, if the calendar has it.
    init?(year: Int64, month: Int64, day: Int64) {
        guard (1...12).contains(month) else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length: Int64 = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        guard (1...length).contains(day) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    init(daysSince1970 days: Int64) {
        let (cycles, dayOfCycle) = (days + Self.epoch).flooredQuotient(by: Self.daysIn400Years)
        // Every fourth year is longer by a day, every hundredth is not, the last of the cycle is again.
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let marchMonth = Self.daysBefore.lastIndex { $0 <= dayOfYear } ?? 0
        day = dayOfYear - Self.daysBefore[marchMonth] + 1
        month = marchMonth < 10 ? Int64(marchMonth) + 3 : Int64(marchMonth) - 9
        year = cycles * 400 + yearOfCycle + (marchMonth < 10 ? 0 : 1)
    }

    var daysSince1970: Int64 {
        let (cycles, yearOfCycle) = (month > 2 ? year : year - 1).flooredQuotient(by: 400)
        let dayOfYear = Self.daysBefore[Int((month + 9) % 12)] + day - 1
        return cycles * Self.daysIn400Years + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
            - Self.epoch
    }
}

extension Int64 {
    /// Division that rounds towards minus infinity, with a remainder that is never negative.
    func flooredQuotient(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
