import FoundationEssentials
import RoadsideRules
import Testing

@Suite("When an appointment may be, and when its search begins")
struct BookingRulesTests {
    private let now = JobCast.now

    @Test(
        "A time is good from this moment to a year from it",
        arguments: [
            (-0.001, BookingRules.TimeProblem.past), (-86_400.0, .past), (0, nil), (1, nil), (31_536_000, nil),
            (31_536_000.001, .tooFarAhead), (1e12, .tooFarAhead),
        ] as [(Double, BookingRules.TimeProblem?)])
    func times(seconds: Double, problem: BookingRules.TimeProblem?) {
        #expect(BookingRules.problem(with: now.addingTimeInterval(seconds), now: now) == problem)
    }

    @Test("The search begins its lead before the appointment, or at once when that moment has come")
    func searchMoment() {
        func moment(_ seconds: Double?, lead: Double = 1800) -> Double? {
            BookingRules.searchMoment(for: seconds.map(now.addingTimeInterval), leadSeconds: lead, now: now)
                .map { $0.timeIntervalSince(now) }
        }
        #expect(moment(nil) == nil)
        #expect(moment(60) == nil)
        #expect(moment(1800) == nil)
        #expect(moment(1801) == 1)
        #expect(moment(7200) == 5400)
        #expect(moment(60, lead: 0) == 60)
        #expect(moment(60, lead: -5) == 60)
    }
}
