import BSON
import Foundation
import RoadsideRules
import Testing

@Suite("Shifts, by the clocks where they are worked (U17)")
struct ShiftTests {
    private static func shift(_ days: Set<Int>, _ from: String, _ to: String) throws -> Shift {
        let (from, to) = (try #require(Shift.minutes(from)), try #require(Shift.minutes(to)))
        return try #require(Shift(days: days, from: from, to: to))
    }

    private static func moment(_ text: String) throws -> Date { try #require(ISO8601.parse(text)) }

    @Test(
        "the first minute is in, the end is out, and a shift that passes midnight belongs to the day it began",
        arguments: [
            // 2026-11-30 is a Monday; Nairobi is three hours ahead of UTC.
            ([1], "08:00", "18:00", "2026-11-30T05:00:00Z", true),
            ([1], "08:00", "18:00", "2026-11-30T04:59:59Z", false),
            ([1], "08:00", "18:00", "2026-11-30T14:59:59Z", true),
            ([1], "08:00", "18:00", "2026-11-30T15:00:00Z", false),
            ([2], "08:00", "18:00", "2026-11-30T05:00:00Z", false),
            ([1], "22:00", "06:00", "2026-11-30T19:00:00Z", true),
            ([1], "22:00", "06:00", "2026-12-01T02:59:59Z", true),
            ([1], "22:00", "06:00", "2026-12-01T03:00:00Z", false),
            ([1], "22:00", "06:00", "2026-11-29T23:00:00Z", false),
            ([7], "22:00", "06:00", "2026-11-29T23:00:00Z", true),
            ([7], "22:00", "06:00", "2026-11-30T19:00:00Z", false),
            ([1], "00:00", "00:00", "2026-11-29T21:00:00Z", true),
            ([1], "00:00", "00:00", "2026-11-30T20:59:59Z", true),
            ([1], "00:00", "00:00", "2026-11-30T21:00:00Z", false),
        ] as [(Set<Int>, String, String, String, Bool)])
    func table(days: Set<Int>, from: String, to: String, moment: String, expected: Bool) throws {
        let plan = ShiftPlan([try Self.shift(days, from, to)], by: .kenya)
        #expect(plan.covers(try Self.moment(moment)) == expected)
    }

    @Test("no shift at all means any time, and the clocks are those of the place")
    func anyTime() throws {
        let moment = try Self.moment("2026-11-30T05:30:00Z")
        #expect(ShiftPlan().covers(moment))
        let morning = [try Self.shift([1], "08:00", "09:00")]
        #expect(ShiftPlan(morning, by: .kenya).covers(moment))
        #expect(!ShiftPlan(morning, by: MarketCalendar(minutesFromUTC: 120)).covers(moment))
    }

    @Test("a shift without days, with a day or a minute that is none, is none")
    func none() {
        #expect(Shift(days: [], from: 0, to: 60) == nil)
        #expect(Shift(days: [0], from: 0, to: 60) == nil)
        #expect(Shift(days: [8], from: 0, to: 60) == nil)
        #expect(Shift(days: [1], from: -1, to: 60) == nil)
        #expect(Shift(days: [1], from: 0, to: 1440) == nil)
    }

    @Test("times of day, there and back")
    func times() {
        for minutes in 0..<1440 { #expect(Shift.minutes(Shift.text(minutes)) == minutes) }
        for text in ["", "8:00", "08:0", "24:00", "12:60", "-1:00", "+1:00", "08.00", "08:00:00", "ab:cd", "٠٨:٠٠"] {
            #expect(Shift.minutes(text) == nil, "\(text)")
        }
    }

    @Test("a moment is in a shift and its complement's, never in both, whatever the zone")
    func complement() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<5000 {
            let (from, to) = (random.within(0...1439), random.within(0...1439))
            guard from != to, let shift = Shift(days: [1, 2, 3, 4, 5, 6, 7], from: from, to: to),
                let rest = Shift(days: [1, 2, 3, 4, 5, 6, 7], from: to, to: from)
            else { continue }
            let calendar = MarketCalendar(minutesFromUTC: random.within(-720...840))
            let moment = Date(timeIntervalSince1970: Double(random.within(-1_000_000_000...4_000_000_000)))
            #expect(ShiftPlan([shift], by: calendar).covers(moment) != ShiftPlan([rest], by: calendar).covers(moment))
        }
    }

    @Test("weekday and minute are those of a calendar, before 1970 too")
    func weekMinutes() throws {
        var random = SplitMix64(seed: 4)
        for _ in 0..<3000 {
            let offset = random.within(-720...840)
            let moment = Date(timeIntervalSince1970: Double(random.within(-2_000_000_000...4_000_000_000)))
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = try #require(TimeZone(secondsFromGMT: offset * 60))
            let parts = calendar.dateComponents([.weekday, .hour, .minute], from: moment)
            let (day, minute) = MarketCalendar(minutesFromUTC: offset).weekMinute(moment)
            // Foundation counts from Sunday.
            #expect(day % 7 + 1 == parts.weekday, "\(moment) \(offset)")
            #expect(minute == (parts.hour ?? 0) * 60 + (parts.minute ?? 0), "\(moment) \(offset)")
        }
    }

    @Test("a licence is good to the end of its last day, by the clocks where he works")
    func lastDay() throws {
        #expect(MarketCalendar.kenya.end(ofDay: "2027-03-31") == (try Self.moment("2027-03-31T21:00:00Z")))
        #expect(MarketCalendar.kenya.end(ofDay: "2028-02-29") == (try Self.moment("2028-02-29T21:00:00Z")))
        for text in [
            "", "2027-02-29", "2027-13-01", "2027-00-10", "27-03-31", "2027-3-31", "2027/03/31", "2027-03-31T",
        ] {
            #expect(MarketCalendar.kenya.end(ofDay: text) == nil, "\(text)")
        }
    }
}
