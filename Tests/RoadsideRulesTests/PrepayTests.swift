import RoadsideRules
import Testing

@Suite("Jobs that are paid for before something happens (K24, A24, A29)")
struct PrepayTests {
    private static func facts(
        _ status: JobStatus, _ prepay: Prepay, _ method: PaymentMethod = .cash, isPaid: Bool = false
    ) -> JobFacts {
        JobCast.facts(status) { facts in
            facts.prepay = prepay
            facts.paymentMethod = method
            facts.isPaid = isPaid
        }
    }

    @Test("A24: cash at the pickup stops a walk at arrival, and a start altogether, until it is collected")
    func cashAtPickup() {
        for prepay in [Prepay.cashAtPickup, .cardBeforeOffer] {
            let before = Self.facts(.accepted, prepay)
            #expect(JobCast.short(JobCast.decide(before, .advance(to: .inProgress), by: "holder")) == "ER/PAY")
            #expect(JobCast.short(JobCast.decide(before, .advance(to: .completed), by: "holder")) == "ER/PAY")
            #expect(JobCast.short(JobCast.decide(before, .start(.verified), by: "holder")) == "PAY")
            let there = Self.facts(.arrived, prepay)
            #expect(JobCast.short(JobCast.decide(there, .advance(to: .inProgress), by: "holder")) == "PAY")
            // No try of a code is spent on it.
            #expect(JobCast.short(JobCast.decide(there, .start(.wrong), by: "holder")) == "PAY")
            let paid = Self.facts(.accepted, prepay, isPaid: true)
            #expect(JobCast.short(JobCast.decide(paid, .start(.verified), by: "holder")) == "ERI")
        }
    }

    @Test("staff answer for a start that nobody has paid for; who pays afterwards is stopped by nothing")
    func others() {
        let unpaid = Self.facts(.arrived, .cashAtPickup)
        #expect(JobCast.short(JobCast.decide(unpaid, .advance(to: .inProgress), by: "dispatcher")) == "I")
        let after = Self.facts(.accepted, .after)
        #expect(JobCast.short(JobCast.decide(after, .advance(to: .completed), by: "holder")) == "ERIC")
    }

    @Test("A29: nobody is offered a job and nobody takes it before the card was charged")
    func cardBeforeOffer() {
        let unpaid = Self.facts(.matching, .cardBeforeOffer, .card)
        #expect(JobCast.short(JobCast.decide(unpaid, .accept, by: "candidate")) == "PAY")
        for staff in ["dispatcher", "system"] {
            #expect(JobCast.short(JobCast.decide(unpaid, .assign(JobCast.other), by: staff)) == "PAY")
        }
        for asker in ["owner", "dispatcher", "system"] {
            let refusal = JobRules.offerRefusal(
                unpaid, to: JobCast.other, by: JobCast.actor(asker), now: JobCast.now)
            #expect(refusal?.code == .paymentRequired)
        }
        let legal = JobRules.legalNext(unpaid, by: JobCast.actor("candidate"), now: JobCast.now)
        #expect(!legal.contains(.accepted))

        let paid = Self.facts(.matching, .cardBeforeOffer, .card, isPaid: true)
        #expect(JobCast.short(JobCast.decide(paid, .accept, by: "candidate")) == "A")
        #expect(
            JobRules.offerRefusal(paid, to: JobCast.other, by: JobCast.actor("owner"), now: JobCast.now) == nil)
        // In cash it is paid at the pickup.
        let cash = Self.facts(.matching, .cardBeforeOffer, .cash)
        #expect(JobCast.short(JobCast.decide(cash, .accept, by: "candidate")) == "A")
    }

    @Test("a refusal for want of payment does not name the start among what may come next")
    func legalNext() {
        let result = JobCast.decide(Self.facts(.arrived, .cashAtPickup), .start(.none), by: "holder")
        guard case .failure(let refusal) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(refusal.code == .paymentRequired)
        #expect(!refusal.legalNext.contains(.inProgress))
    }
}
