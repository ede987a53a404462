import FoundationEssentials
import RoadsideRules
import Testing

/// Every pair of status and target, by those who walk, against paths typed in by hand.
@Suite("Walking to a status (K4)")
struct JobWalkTests {
    /// Rows: from; columns: target. No code is given and the policy does not ask for one.
    static let holder = """
        -  S   Q   M   A   E   R   I   T   D   C   X   P   F
        S  NYR NYR NYR ILL NYR NYR NYR NYR NYR NYR NYR NYR NYR
        Q  NYR NYR NYR ILL NYR NYR NYR NYR NYR NYR NYR NYR NYR
        M  NYR NYR NYR A   NYR NYR NYR NYR NYR NYR NYR NYR NYR
        A  ILL ROL ROL ILL E   ER  ERI ERIT ERITD ERIC M ROL ILL
        E  ILL ROL ROL ILL ILL R   RI  RIT RITD RIC M   ROL ILL
        R  ILL ROL ROL ILL ILL ILL I   IT  ITD IC  ILL ROL F
        I  ILL ROL ROL ILL ILL ILL ILL T   TD  C   ILL ROL F
        T  ILL ROL ROL ILL ILL ILL ILL ILL D   DC  ILL ROL F
        D  ILL ROL ROL ILL ILL ILL ILL ILL ILL C   ILL ROL F
        C  ILL ROL ROL ILL ILL ILL ILL ILL ILL ILL ILL ROL ILL
        X  CAN ROL ROL CAN CAN CAN CAN CAN CAN CAN CAN ROL CAN
        P  EXP ROL ROL EXP EXP EXP EXP EXP EXP EXP EXP ROL EXP
        F  ILL ROL ROL ILL ILL ILL ILL ILL ILL ILL ILL ROL ILL
        """

    static let staff = """
        -  S   Q   M   A   E   R   I   T   D   C   X   P   F
        S  ILL Q   QM  ILL ILL ILL ILL ILL ILL ILL X   ROL ILL
        Q  ILL ILL M   ILL ILL ILL ILL ILL ILL ILL X   ROL ILL
        M  ILL ILL ILL ILL ILL ILL ILL ILL ILL ILL X   ROL ILL
        A  ILL ILL M   ILL E   ER  ERI ERIT ERITD ERIC X ROL ILL
        E  ILL ILL M   ILL ILL R   RI  RIT RITD RIC X   ROL ILL
        R  ILL ILL ILL ILL ILL ILL I   IT  ITD IC  X   ROL F
        I  ILL ILL ILL ILL ILL ILL ILL T   TD  C   X   ROL F
        T  ILL ILL ILL ILL ILL ILL ILL ILL D   DC  X   ROL F
        D  ILL ILL ILL ILL ILL ILL ILL ILL ILL C   X   ROL F
        C  ILL ILL ILL ILL ILL ILL ILL ILL ILL ILL ILL ROL ILL
        X  CAN CAN CAN CAN CAN CAN CAN CAN CAN CAN CAN ROL CAN
        P  EXP EXP EXP EXP EXP EXP EXP EXP EXP EXP EXP ROL EXP
        F  ILL ILL ILL ILL ILL ILL ILL ILL ILL ILL ILL ROL ILL
        """

    static let owner = """
        -  S   Q   M   A   E   R   I   T   D   C   X   P   F
        S  ILL ROL ILL ROL ROL ROL ROL ROL ROL ROL X   ROL ROL
        Q  ILL ROL M   ROL ROL ROL ROL ROL ROL ROL X   ROL ROL
        M  ILL ROL ILL ROL ROL ROL ROL ROL ROL ROL X   ROL ROL
        A  ILL ROL ROL ROL ROL ROL ROL ROL ROL ROL X   ROL ROL
        E  ILL ROL ROL ROL ROL ROL ROL ROL ROL ROL X   ROL ROL
        R  ILL ROL ROL ROL ROL ROL ROL ROL ROL ROL X   ROL ROL
        I  ILL ROL ROL ROL ROL ROL ROL ROL ROL ROL ILL ROL ROL
        T  ILL ROL ROL ROL ROL ROL ROL ROL ROL ROL ILL ROL ROL
        D  ILL ROL ROL ROL ROL ROL ROL ROL ROL ROL ILL ROL ROL
        C  ILL ROL ILL ROL ROL ROL ROL ROL ROL ROL ILL ROL ROL
        X  CAN ROL CAN ROL ROL ROL ROL ROL ROL ROL CAN ROL ROL
        P  EXP ROL EXP ROL ROL ROL ROL ROL ROL ROL EXP ROL ROL
        F  ILL ROL ILL ROL ROL ROL ROL ROL ROL ROL ILL ROL ROL
        """

    static let system = """
        -  S   Q   M   A   E   R   I   T   D   C   X   P   F
        S  ILL Q   QM  ILL ILL ILL ROL ILL ILL ROL X   ILL ROL
        Q  ILL ILL M   ILL ILL ILL ROL ILL ILL ROL X   ILL ROL
        M  ILL ILL ILL ILL ILL ILL ROL ILL ILL ROL ILL P   ROL
        A  ILL ILL M   ILL E   ER  ROL ILL ILL ROL ILL ILL ROL
        E  ILL ILL M   ILL ILL R   ROL ILL ILL ROL ILL ILL ROL
        R  ILL ILL ILL ILL ILL ILL ROL ILL ILL ROL ILL ILL ROL
        I  ILL ILL ILL ILL ILL ILL ROL T   TD  ROL ILL ILL ROL
        T  ILL ILL ILL ILL ILL ILL ROL ILL D   ROL ILL ILL ROL
        D  ILL ILL ILL ILL ILL ILL ROL ILL ILL ROL ILL ILL ROL
        C  ILL ILL ILL ILL ILL ILL ROL ILL ILL ROL ILL ILL ROL
        X  CAN CAN CAN CAN CAN CAN ROL CAN CAN ROL CAN CAN ROL
        P  EXP EXP EXP EXP EXP EXP ROL EXP EXP ROL EXP EXP ROL
        F  ILL ILL ILL ILL ILL ILL ROL ILL ILL ROL ILL ILL ROL
        """

    static let expected = ["holder": holder, "dispatcher": staff, "admin": staff, "owner": owner, "system": system]

    @Test("Every pair of status and target walks as the table says", arguments: expected.keys.sorted())
    func everyPair(actor: String) throws {
        let rows = JobCast.rows(try #require(Self.expected[actor]))
        for (from, letter) in JobCast.letters {
            let answers = try #require(rows[String(letter)])
            #expect(answers.count == JobStatus.allCases.count)
            for (target, expected) in zip(JobStatus.allCases, answers) {
                let result = JobCast.decide(JobCast.facts(from), .advance(to: target), by: actor)
                #expect(JobCast.short(result) == expected, "\(actor): \(from) to \(target)")
            }
        }
    }

    @Test("A required code stops the walk at arrived, and the decision says so")
    func stoppedShort() throws {
        let facts = JobCast.facts(.accepted) { $0.startOTPRequired = true }
        for target in [JobStatus.inProgress, .completed, .towing] {
            let decision = try JobCast.decide(facts, .advance(to: target), by: "holder").get()
            #expect(decision.steps == [.enRoute, .arrived])
            #expect(decision.to == .arrived)
            #expect(decision.effects.isEmpty)
            let stop = try #require(decision.stoppedBy)
            #expect(stop.code == .otpRequired)
            #expect(stop.legalNext.first == .inProgress)
        }
        #expect(JobCast.short(JobCast.decide(facts, .advance(to: .inProgress, otp: .verified), by: "holder")) == "ERI")
        #expect(JobCast.short(JobCast.decide(facts, .advance(to: .inProgress, otp: .none), by: "admin")) == "ERI")
    }

    @Test("A required code that is missing at the first step refuses the whole")
    func refusedAtOnce() {
        let facts = JobCast.facts(.arrived) { $0.startOTPRequired = true }
        #expect(JobCast.short(JobCast.decide(facts, .advance(to: .inProgress), by: "holder")) == "REQ")
        #expect(JobCast.short(JobCast.decide(facts, .advance(to: .completed), by: "holder")) == "REQ")
    }

    @Test("A wrong code is refused under either policy, from everybody, and moves nothing", arguments: [false, true])
    func wrongCode(required: Bool) {
        for status in [JobStatus.accepted, .enRoute, .arrived] {
            let facts = JobCast.facts(status) { $0.startOTPRequired = required }
            for actor in ["holder", "admin"] {
                for target in [JobStatus.inProgress, .completed] {
                    let answer = JobCast.decide(facts, .advance(to: target, otp: .wrong), by: actor)
                    #expect(JobCast.short(answer) == "INV")
                }
            }
        }
    }

    @Test("A code that comes too late is not looked at")
    func lateCode() {
        let facts = JobCast.facts(.inProgress)
        #expect(JobCast.short(JobCast.decide(facts, .advance(to: .completed, otp: .wrong), by: "holder")) == "C")
    }

    @Test("While the code is locked, even the right one is refused, until the minute it opens")
    func locked() {
        func facts(_ status: JobStatus, opens: Double, required: Bool) -> JobFacts {
            JobCast.facts(status) {
                $0.startOTPRequired = required
                $0.otp.lockedUntil = JobCast.now.addingTimeInterval(opens)
            }
        }
        for proof in [OTPProof.verified, .wrong, .none] {
            let result = JobCast.decide(facts(.arrived, opens: 1, required: true), .start(proof), by: "holder")
            #expect(JobCast.short(result) == "LCK")
        }
        let open = facts(.arrived, opens: 0, required: true)
        #expect(JobCast.short(JobCast.decide(open, .start(.verified), by: "holder")) == "I")
        let walk = JobCommand.advance(to: .inProgress, otp: .verified)
        #expect(
            JobCast.short(JobCast.decide(facts(.accepted, opens: 9, required: true), walk, by: "holder")) == "ER/LCK")
    }

    @Test("While the code is locked, a provider does not start without one either, whatever the policy; staff may")
    func lockedWithoutCode() {
        func facts(_ status: JobStatus, opens: Double) -> JobFacts {
            JobCast.facts(status) { $0.otp.lockedUntil = JobCast.now.addingTimeInterval(opens) }
        }
        let plain = JobCommand.advance(to: .inProgress)
        #expect(JobCast.short(JobCast.decide(facts(.arrived, opens: 9), plain, by: "holder")) == "LCK")
        #expect(JobCast.short(JobCast.decide(facts(.accepted, opens: 9), plain, by: "holder")) == "ER/LCK")
        #expect(
            JobCast.short(JobCast.decide(facts(.arrived, opens: 9), .advance(to: .completed), by: "holder")) == "LCK")
        #expect(JobCast.short(JobCast.decide(facts(.arrived, opens: 0), plain, by: "holder")) == "I")
        for staff in ["admin", "dispatcher"] {
            #expect(JobCast.short(JobCast.decide(facts(.arrived, opens: 9), plain, by: staff)) == "I")
            #expect(JobCast.short(JobCast.decide(facts(.arrived, opens: 9), .start(.none), by: staff)) == "I")
        }
        // The lock is about the start and nothing else.
        #expect(JobCast.short(JobCast.decide(facts(.accepted, opens: 9), .arrive, by: "holder")) == "ER")
    }
}
