import BSON
import RoadsideRules
import Testing

@Suite("Extra charges: who may ask, and who may grant")
struct ExtraChargeRulesTests {
    private let customer = ObjectID()
    private let provider = ObjectID()
    private let stranger = ObjectID()

    private func facts(_ status: JobStatus) -> JobFacts {
        JobFacts(status: status, customerID: customer, assignedTo: provider)
    }

    @Test("the provider who holds the job, from arrival on", arguments: JobStatus.allCases)
    func proposals(status: JobStatus) {
        let refusal = ExtraChargeRules.proposalRefusal(facts(status), by: .user(provider, role: .provider))
        let isOpen: Set<JobStatus> = [.arrived, .inProgress, .towing, .atDestination]
        #expect((refusal == nil) == isOpen.contains(status))
        for other in [Actor.user(stranger, role: .provider), .user(customer, role: .customer), .system] {
            #expect(ExtraChargeRules.proposalRefusal(facts(status), by: other)?.code == .notYours)
        }
    }

    @Test("its customer, while somebody holds the job", arguments: JobStatus.allCases)
    func decisions(status: JobStatus) {
        let refusal = ExtraChargeRules.decisionRefusal(facts(status), by: .user(customer, role: .customer))
        #expect((refusal == nil) == status.isLive)
        for other in [
            Actor.user(provider, role: .provider), .user(stranger, role: .customer), .user(stranger, role: .admin),
        ] {
            #expect(ExtraChargeRules.decisionRefusal(facts(status), by: other)?.code == .notYours)
        }
    }

    @Test("said twice is said once; a word is not taken back")
    func verdicts() {
        typealias Rules = ExtraChargeRules
        for wanted in [ExtraCharge.State.approved, .rejected] {
            #expect(Rules.verdict(on: .proposed, wanted: wanted) == .changed)
            #expect(Rules.verdict(on: wanted, wanted: wanted) == .unchanged)
            #expect(Rules.verdict(on: .lapsed, wanted: wanted) == .tooLate)
        }
        #expect(Rules.verdict(on: .approved, wanted: .rejected) == .tooLate)
        #expect(Rules.verdict(on: .rejected, wanted: .approved) == .tooLate)
    }
}
