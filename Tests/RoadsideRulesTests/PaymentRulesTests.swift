import RoadsideRules
import Testing

@Suite("What is owed, and who may take it")
struct PaymentRulesTests {
    @Test("what is due is the rest, what is too much is the other way round, and neither is below nothing")
    func amounts() {
        let (full, part) = (Money(minorUnits: 150_000), Money(minorUnits: 50_000))
        #expect(PaymentRules.due(full, paid: part) == Money(minorUnits: 100_000))
        #expect(PaymentRules.excess(part, paid: full) == Money(minorUnits: 100_000))
        #expect(PaymentRules.due(full, paid: full) == nil)
        #expect(PaymentRules.excess(full, paid: full) == nil)
        #expect(PaymentRules.due(part, paid: full) == nil)
        #expect(PaymentRules.excess(full, paid: part) == nil)
    }

    @Test("cash is taken from arrival on, and of a job that is over")
    func collecting() {
        let early: Set<JobStatus> = [.scheduled, .requested, .matching, .accepted, .enRoute, .expired]
        for status in JobStatus.allCases {
            #expect((PaymentRules.collectionRefusal(status) != nil) == early.contains(status), "\(status)")
        }
    }
}
