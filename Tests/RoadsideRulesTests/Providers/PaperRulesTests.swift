import FoundationEssentials
import Testing

@testable import RoadsideRules

@Suite("Papers: what becomes of them, and who may work with which")
struct PaperRulesTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test("approved until the midnight that ends its last day, and not a moment longer; no other state ends")
    func expiry() {
        for state in PaperState.allCases where state != .expired {
            for (seconds, isOver) in [(-1.0, true), (0, true), (1, false)] {
                let read = PaperRules.state(state, expiresAt: Self.now.addingTimeInterval(seconds), at: Self.now)
                #expect(read == (state == .approved && isOver ? .expired : state))
            }
            #expect(PaperRules.state(state, expiresAt: nil, at: Self.now) == state)
        }
    }

    @Test("who waits can be approved or rejected, who is approved only rejected, and a rejection is the end")
    func verdicts() {
        let expected: [PaperState: (approve: PaperRules.Verdict, reject: PaperRules.Verdict)] = [
            .pending: (.changed, .changed), .approved: (.unchanged, .changed), .rejected: (.tooLate, .unchanged),
            .expired: (.tooLate, .changed),
        ]
        for state in PaperState.allCases {
            #expect(PaperRules.verdict(on: state, approve: true) == expected[state]?.approve, "\(state)")
            #expect(PaperRules.verdict(on: state, approve: false) == expected[state]?.reject, "\(state)")
        }
    }

    @Test("every required kind has to be valid now; what is not required may be missing or over")
    func missing() {
        let held: [PaperKind: Date] = [
            .drivingLicence: Self.now.addingTimeInterval(1), .idCard: Self.now, .certificate: .distantPast,
        ]
        #expect(PaperRules.missing([.drivingLicence], of: held, at: Self.now) == [])
        #expect(PaperRules.missing([], of: [:], at: Self.now) == [])
        #expect(
            PaperRules.missing([.insurance, .idCard, .drivingLicence], of: held, at: Self.now) == [.idCard, .insurance])
    }

    @Test("a provider without a required paper is not asked, whatever else he has; without requirements he is")
    func eligibility() {
        var facts = ProviderFacts(isVerified: true, isActive: true, availability: .available, capabilities: ["engine"])
        func reasons(_ papers: Set<PaperKind>) -> [Exclusion] {
            EligibilityRules.exclusions(facts, for: JobNeed(capability: "engine", papers: papers), at: Self.now)
        }
        #expect(reasons([]) == [] && reasons([.idCard]) == [.papers])
        facts.papers = [.idCard: Self.now.addingTimeInterval(60)]
        #expect(reasons([.idCard]) == [] && reasons([.idCard, .insurance]) == [.papers])
    }
}
