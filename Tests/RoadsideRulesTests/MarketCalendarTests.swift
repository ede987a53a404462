import BSON
import Foundation
import RoadsideRules
import Testing

@Suite("Days and months of a market")
struct MarketCalendarTests {
    private func moment(_ text: String) throws -> Date { try #require(ISO8601.parse(text)) }

    @Test(
        "D14: a day begins at the market's midnight, not at that of UTC",
        arguments: [
            ("2026-11-21T20:59:59Z", "2026-11-20T21:00:00Z"), ("2026-11-21T21:00:00Z", "2026-11-21T21:00:00Z"),
            ("2026-11-21T00:00:00Z", "2026-11-20T21:00:00Z"),
        ])
    func days(now: String, start: String) throws {
        #expect(MarketCalendar.kenya.startOfDay(try moment(now)) == (try moment(start)))
    }

    @Test("D14: twelve months, oldest first, across a new year and a leap day")
    func months() throws {
        let months = MarketCalendar.kenya.months(12, upTo: try moment("2024-03-01T00:00:00Z"))
        #expect(
            months.map(\.name) == [
                "2023-04", "2023-05", "2023-06", "2023-07", "2023-08", "2023-09", "2023-10", "2023-11", "2023-12",
                "2024-01", "2024-02", "2024-03",
            ])
        #expect(months.last?.start == (try moment("2024-02-29T21:00:00Z")))
        #expect(months.first?.start == (try moment("2023-03-31T21:00:00Z")))
    }

    @Test("D14: the last hours of a month of UTC belong to the next month of Nairobi")
    func border() throws {
        let before = MarketCalendar.kenya.months(1, upTo: try moment("2026-12-31T20:59:59Z"))
        let after = MarketCalendar.kenya.months(1, upTo: try moment("2026-12-31T21:00:00Z"))
        #expect(before.map(\.name) == ["2026-12"])
        #expect(after.map(\.name) == ["2027-01"])
    }

    @Test("other markets: west of UTC, half hours, and no nonsense", arguments: [(-210, "03:30"), (330, "18:30")])
    func others(minutes: Int, midnight: String) throws {
        let calendar = MarketCalendar(minutesFromUTC: minutes)
        let start = ISO8601.seconds(calendar.startOfDay(try moment("2026-11-21T20:00:00Z")))
        #expect(start.hasSuffix("T\(midnight):00Z"))
        #expect(MarketCalendar(minutesFromUTC: 100_000) == MarketCalendar(minutesFromUTC: 0))
        #expect(calendar.months(0, upTo: Date(timeIntervalSince1970: 0)).isEmpty)
    }
}
