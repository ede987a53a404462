import FoundationEssentials
import RoadsideRules
import Testing

@Suite("How long ways take")
struct TravelRulesTests {
    @Test("straight line times 1.3 at 30 km/h, half as long again in bad luck, never less than a minute")
    func estimate() {
        let time = TravelRules.time(metres: 10_000)
        #expect(time.p50 == 1560 && time.p90 == 2340 && time.source == .estimate)
        #expect(TravelRules.time(metres: 0) == TravelTime(p50: 60, p90: 90))
        #expect(TravelRules.time(metres: .nan) == TravelTime(p50: 60, p90: 90))
        #expect(TravelRules.time(metres: 10_000, metresPerSecond: 0) == TravelTime(p50: 60, p90: 90))
        #expect(TravelRules.time(metres: 10_000, metresPerSecond: 13).p50 == 1000)
        #expect(TravelRules.time(metres: 1e300).p50 <= 1e9)
        #expect(TravelRules.time(roadSeconds: 600) == TravelTime(p50: 600, p90: 900, source: .roads))
        #expect(TravelRules.time(roadSeconds: 2) == TravelTime(p50: 60, p90: 90, source: .roads))
    }

    @Test("few ways driven change little, many nearly all")
    func learning() {
        func pace(_ count: Int, _ seconds: Double) -> Pace {
            PaceStatistics(count: count, sum: seconds * Double(count), squares: seconds * seconds * Double(count)).pace
        }
        let prior = Pace.prior.middle
        #expect(PaceStatistics().pace == .prior)
        #expect(abs(pace(1, prior * 2).middle / prior - (1 + 1 / 21.0)) < 1e-9)
        #expect(abs(pace(2000, prior * 2).middle / prior - 2) < 0.02)
        #expect(pace(2000, prior * 2).slow / pace(2000, prior * 2).middle < 1.2, "they hardly differed")
        let even = PaceStatistics(count: 20, sum: prior * 20, squares: prior * prior * 20).pace
        #expect(abs(even.middle - prior) < 1e-12 && even.slow < Pace.prior.slow)
        #expect(PaceStatistics(count: 3, sum: .nan, squares: 1).pace == .prior)
    }

    @Test("ways that teach nothing")
    func samples() {
        #expect(TravelRules.pace(metres: 5000, seconds: 780) == 0.12)
        let ways: [(Double, Double)] = [
            (499, 120), (5000, 59), (5000, 7201), (100_000, 120), (500, 7000), (.nan, 600), (5000, .nan),
        ]
        for (metres, seconds) in ways {
            #expect(TravelRules.pace(metres: metres, seconds: seconds) == nil, "\(metres) m in \(seconds) s")
        }
    }

    @Test("each zone and hour has a pace of its own; where nothing is known the assumption serves")
    func table() {
        let slow = PaceStatistics(count: 1000, sum: 300, squares: 91)
        let table = PaceTable([.init(zone: "nairobi", hour: 17): slow])
        #expect(table[.init(zone: "nairobi", hour: 17)].middle > Pace.prior.middle * 2)
        #expect(table[.init(zone: "nairobi", hour: 18)] == .prior)
        #expect(table[.init(zone: "", hour: 17)] == .prior)
    }

    @Test(
        "hours are those of the zone's clocks",
        arguments: [(0, 180, 3), (86_399, 180, 2), (0, -60, 23), (-1, 0, 23)] as [(Double, Int, Int)])
    func hours(moment: Double, minutes: Int, hour: Int) {
        #expect(MarketCalendar(minutesFromUTC: minutes).hour(Date(timeIntervalSince1970: moment)) == hour)
    }
}
