import FoundationEssentials
import RoadsideRules
import Testing

@Suite("Calls for help in danger: when others are told, and who ends them")
struct EmergencyRulesTests {
    @Test(
        "a press within a minute of the last telling joins quietly",
        arguments: [(0.0, false), (59.9, false), (60, true)])
    func again(seconds: Double, tells: Bool) {
        let now = JobCast.now
        #expect(EmergencyRules.tellsAgain(toldAt: now.addingTimeInterval(-seconds), now: now) == tells)
    }

    @Test("nothing leads back to open, and nothing leads out of the end")
    func states() {
        #expect(EmergencyRules.sources(of: .open).isEmpty)
        #expect(EmergencyRules.sources(of: .acknowledged) == [.open])
        #expect(EmergencyRules.sources(of: .resolved) == [.open, .acknowledged])
        #expect(EmergencyState.allCases.filter(\.isLive) == [.open, .acknowledged])
    }
}
