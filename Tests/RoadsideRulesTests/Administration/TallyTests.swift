import Foundation
import RoadsideRules
import Testing

@Suite("Figures of staff")
struct TallyTests {
    @Test("the nearest rank, counted by hand")
    func ranks() {
        // 3 3 5 8 8 8 13 21 34 55
        let tally = Tally([3: 2, 5: 1, 8: 3, 13: 1, 21: 1, 34: 1, 55: 1, 99: 0])
        #expect(tally.total == 10)
        let expected: [(Int, Int64)] = [
            (1, 3), (10, 3), (20, 3), (21, 5), (50, 8), (60, 8), (61, 13), (90, 34), (91, 55), (100, 55),
        ]
        for (percent, value) in expected { #expect(tally.percentile(percent) == value, "\(percent)") }
        #expect(Tally([7: 1]).percentile(50) == 7)
        #expect(Tally([:]).percentile(50) == nil)
    }

    @Test("it is what sorting all of them gives, however many there are")
    func property() {
        var generator = SplitMix64(seed: 6)
        for _ in 0..<200 {
            let values = (0..<Int.random(in: 1...60, using: &generator)).map { _ in
                Int64.random(in: 0...20, using: &generator)
            }
            let tally = Tally(values.reduce(into: [:]) { $0[$1, default: 0] += 1 })
            let sorted = values.sorted()
            for percent in [1, 25, 50, 75, 90, 99, 100] {
                let rank = Int((Double(values.count * percent) / 100).rounded(.up))
                #expect(tally.percentile(percent) == sorted[max(rank, 1) - 1])
            }
        }
    }

    @Test("days of a market begin at its midnight, across months, years and leap days")
    func days() throws {
        // 2024-03-01 00:30 in Nairobi is still February in UTC.
        let moment = try #require(try? Date("2024-02-29T21:30:00Z", strategy: .iso8601))
        let days = MarketCalendar.kenya.days(3, upTo: moment)
        #expect(days.map(\.name) == ["2024-02-28", "2024-02-29", "2024-03-01"])
        #expect(days.last?.start == moment.addingTimeInterval(-1800))
        #expect(MarketCalendar.kenya.days(0, upTo: moment).isEmpty)
        #expect(MarketCalendar.kenya.offset == "+03:00")
        #expect(MarketCalendar(minutesFromUTC: -210).offset == "-03:30")
    }

    @Test("an invitation that nobody accepted in time has expired; one that became an account cannot be taken back")
    func invitations() {
        let now = Date(timeIntervalSince1970: 1000)
        #expect(InvitationRules.state(.pending, expiresAt: now, at: now) == .expired)
        #expect(InvitationRules.state(.pending, expiresAt: now + 1, at: now) == .pending)
        for state in [InvitationState.accepted, .revoked] {
            #expect(InvitationRules.state(state, expiresAt: now, at: now) == state)
        }
        #expect(InvitationState.allCases.filter(InvitationRules.mayRevoke) == [.pending, .expired])
        #expect(InvitationRules.roles == [.admin, .dispatcher, .partner])
    }
}
