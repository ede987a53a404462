import BSON
import FoundationEssentials
import RoadsideRules
import Testing

/// Every command by everybody in every status, against answers typed in by hand from domain §4.4.
@Suite("Who may do what with a job")
struct JobCommandTableTests {
    static let commands: [(name: String, command: JobCommand)] = [
        ("request", .request), ("match", .match),
        ("postpone", .postpone(searchAt: JobCast.now.addingTimeInterval(3600))), ("accept", .accept),
        ("assign", .assign(JobCast.other)),
        ("depart", .depart), ("arrive", .arrive),
        ("start+ok", .start(.verified)), ("start+none", .start(.none)), ("start+wrong", .start(.wrong)),
        ("tow", .tow), ("reach", .reachDestination), ("complete", .complete),
        ("cancel", .cancel(reason: "why")), ("withdraw", .withdraw(reason: "why")),
        ("reallocate", .reallocate(reason: "why")), ("expire", .expire),
        ("gone", .fail(.goneOnArrival)), ("gone+tried", .fail(.goneOnArrival, contactAttempted: true)),
        ("noshow", .fail(.noShow)), ("noshow+tried", .fail(.noShow, contactAttempted: true)),
        ("unsuccessful", .fail(.unsuccessful)),
        ("refused", .fail(.destinationRefused)),
    ]

    /// S scheduled, Q requested, M matching, A accepted, E en route, R arrived, I in progress, T towing,
    /// D at destination, C completed, X cancelled, P expired, F failed.
    static let holder = """
        -            S   Q   M   A   E   R   I   T   D   C   X   P   F
        request      NYR NYR NYR ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
        match        NYR NYR NYR ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
        postpone     NYR NYR NYR ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
        accept       ILL ILL A   ILL ILL ILL ILL ILL ILL ILL CAN EXP ILL
        assign       NYR NYR NYR ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
        depart       NYR NYR NYR E   ILL ILL ILL ILL ILL ILL CAN EXP ILL
        arrive       NYR NYR NYR ER  R   ILL ILL ILL ILL ILL CAN EXP ILL
        start+ok     NYR NYR NYR ERI RI  I   ILL ILL ILL ILL CAN EXP ILL
        start+none   NYR NYR NYR REQ REQ REQ ILL ILL ILL ILL CAN EXP ILL
        start+wrong  NYR NYR NYR INV INV INV ILL ILL ILL ILL CAN EXP ILL
        tow          NYR NYR NYR ILL ILL ILL T   ILL ILL ILL CAN EXP ILL
        reach        NYR NYR NYR ILL ILL ILL TD  D   ILL ILL CAN EXP ILL
        complete     NYR NYR NYR ILL ILL ILL C   DC  C   ILL CAN EXP ILL
        cancel       NYR NYR NYR M   M   ILL ILL ILL ILL ILL CAN EXP ILL
        withdraw     NYR NYR NYR M   M   F   F   F   F   ILL CAN EXP ILL
        reallocate   NYR NYR NYR ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
        expire       NYR NYR NYR ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
        gone         NYR NYR NYR ILL ILL CON ILL ILL ILL ILL CAN EXP ILL
        gone+tried   NYR NYR NYR ILL ILL F   ILL ILL ILL ILL CAN EXP ILL
        noshow       NYR NYR NYR ILL ILL CON ILL ILL ILL ILL CAN EXP ILL
        noshow+tried NYR NYR NYR ILL ILL F   ILL ILL ILL ILL CAN EXP ILL
        unsuccessful NYR NYR NYR ILL ILL F   F   F   F   ILL CAN EXP ILL
        refused      NYR NYR NYR ILL ILL ILL ILL F   F   ILL CAN EXP ILL
        """

    static let candidate = """
        -            S   Q   M   A   E   R   I   T   D   C   X   P   F
        accept       ILL ILL A   TAK TAK TAK TAK TAK TAK TAK CAN EXP TAK
        *            NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR
        """

    static let owner = """
        -            S   Q   M   A   E   R   I   T   D   C   X   P   F
        match        ILL M   ILL ILL ILL ILL ILL ILL ILL ILL CAN EXP ILL
        postpone     S   S   S   ILL ILL ILL ILL ILL ILL ILL CAN EXP ILL
        cancel       X   X   X   X   X   X   ILL ILL ILL ILL CAN EXP ILL
        withdraw     X   X   X   X   X   X   ILL ILL ILL ILL CAN EXP ILL
        *            ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
        """

    static let stranger = """
        -            S   Q   M   A   E   R   I   T   D   C   X   P   F
        *            NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR
        """

    static let staff = """
        -            S   Q   M   A   E   R   I   T   D   C   X   P   F
        request      Q   ILL ILL ILL ILL ILL ILL ILL ILL ILL CAN EXP ILL
        match        QM  M   ILL ILL ILL ILL ILL ILL ILL ILL CAN EXP ILL
        postpone     S   S   S   ILL ILL ILL ILL ILL ILL ILL CAN EXP ILL
        accept       ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
        assign       ILL ILL A   TAK TAK TAK TAK TAK TAK TAK CAN EXP TAK
        depart       ILL ILL ILL E   ILL ILL ILL ILL ILL ILL CAN EXP ILL
        arrive       ILL ILL ILL ER  R   ILL ILL ILL ILL ILL CAN EXP ILL
        start+ok     ILL ILL ILL ERI RI  I   ILL ILL ILL ILL CAN EXP ILL
        start+none   ILL ILL ILL ERI RI  I   ILL ILL ILL ILL CAN EXP ILL
        start+wrong  ILL ILL ILL INV INV INV ILL ILL ILL ILL CAN EXP ILL
        tow          ILL ILL ILL ILL ILL ILL T   ILL ILL ILL CAN EXP ILL
        reach        ILL ILL ILL ILL ILL ILL TD  D   ILL ILL CAN EXP ILL
        complete     ILL ILL ILL ILL ILL ILL C   DC  C   ILL CAN EXP ILL
        cancel       X   X   X   X   X   X   X   X   X   ILL CAN EXP ILL
        withdraw     X   X   X   X   X   X   X   X   X   ILL CAN EXP ILL
        reallocate   ILL ILL ILL M   M   ILL ILL ILL ILL ILL CAN EXP ILL
        expire       ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
        gone         ILL ILL ILL ILL ILL F   ILL ILL ILL ILL CAN EXP ILL
        gone+tried   ILL ILL ILL ILL ILL F   ILL ILL ILL ILL CAN EXP ILL
        noshow       ILL ILL ILL ILL ILL F   ILL ILL ILL ILL CAN EXP ILL
        noshow+tried ILL ILL ILL ILL ILL F   ILL ILL ILL ILL CAN EXP ILL
        unsuccessful ILL ILL ILL ILL ILL F   F   F   F   ILL CAN EXP ILL
        refused      ILL ILL ILL ILL ILL ILL ILL F   F   ILL CAN EXP ILL
        """

    static let partner = """
        -            S   Q   M   A   E   R   I   T   D   C   X   P   F
        *            ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
        """

    static let system = """
        -            S   Q   M   A   E   R   I   T   D   C   X   P   F
        request      Q   ILL ILL ILL ILL ILL ILL ILL ILL ILL CAN EXP ILL
        match        QM  M   ILL ILL ILL ILL ILL ILL ILL ILL CAN EXP ILL
        assign       ILL ILL A   TAK TAK TAK TAK TAK TAK TAK CAN EXP TAK
        depart       ILL ILL ILL E   ILL ILL ILL ILL ILL ILL CAN EXP ILL
        arrive       ILL ILL ILL ER  R   ILL ILL ILL ILL ILL CAN EXP ILL
        tow          ILL ILL ILL ILL ILL ILL T   ILL ILL ILL CAN EXP ILL
        reach        ILL ILL ILL ILL ILL ILL TD  D   ILL ILL CAN EXP ILL
        cancel       X   X   ILL ILL ILL ILL ILL ILL ILL ILL CAN EXP ILL
        withdraw     X   X   ILL ILL ILL ILL ILL ILL ILL ILL CAN EXP ILL
        reallocate   ILL ILL ILL M   M   ILL ILL ILL ILL ILL CAN EXP ILL
        expire       ILL ILL P   ILL ILL ILL ILL ILL ILL ILL CAN EXP ILL
        *            ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
        """

    static let expected: [String: String] = [
        "owner": owner, "stranger": stranger, "holder": holder, "candidate": candidate, "dispatcher": staff,
        "admin": staff, "partner": partner, "system": system,
    ]

    @Test("Each command in each status is answered as the table says", arguments: JobCast.actors.map(\.name))
    func everyCommand(actor: String) throws {
        let rows = JobCast.rows(try #require(Self.expected[actor]))
        for (name, command) in Self.commands {
            let answers = try #require(rows[name] ?? rows["*"])
            #expect(answers.count == JobStatus.allCases.count)
            for (status, expected) in zip(JobStatus.allCases, answers) {
                let result = JobCast.decide(JobCast.facts(status), command, by: actor)
                #expect(JobCast.short(result) == expected, "\(actor): \(name) when \(status)")
            }
        }
    }

    @Test("A provider says that nobody is there after ten minutes and a call, staff at once")
    func patience() {
        func answer(_ waited: Double?, tried: Bool, by name: String = "holder") -> [String] {
            let facts = JobCast.facts(.arrived) { $0.arrivedAt = waited.map { JobCast.now.addingTimeInterval(-$0) } }
            return [JobFailure.goneOnArrival, .noShow, .unsuccessful].map {
                JobCast.short(JobCast.decide(facts, .fail($0, contactAttempted: tried), by: name))
            }
        }
        #expect(answer(599, tried: true) == ["WAI", "WAI", "F"])
        #expect(answer(599, tried: false) == ["WAI", "WAI", "F"])
        #expect(answer(600, tried: false) == ["CON", "CON", "F"])
        #expect(answer(600, tried: true) == ["F", "F", "F"])
        #expect(answer(nil, tried: true) == ["WAI", "WAI", "F"])
        #expect(answer(0, tried: false, by: "admin") == ["F", "F", "F"])
        #expect(answer(0, tried: true, by: "owner") == ["ROL", "ROL", "ROL"])
        let shorter = JobCast.facts(.arrived) {
            $0.arrivedAt = JobCast.now.addingTimeInterval(-60)
            $0.waitSeconds = 60
        }
        #expect(JobCast.short(JobCast.decide(shorter, .fail(.noShow, contactAttempted: true), by: "holder")) == "F")
    }

    @Test("Without a destination nothing is towed")
    func noDestination() {
        for command in [JobCommand.tow, .reachDestination, .advance(to: .towing), .advance(to: .atDestination)] {
            for status in [JobStatus.accepted, .arrived, .inProgress] {
                let facts = JobCast.facts(status) { $0.hasDestination = false }
                #expect(JobCast.short(JobCast.decide(facts, command, by: "holder")) == "ILL")
            }
        }
        let working = JobCast.facts(.inProgress) { $0.hasDestination = false }
        #expect(JobCast.short(JobCast.decide(working, .complete, by: "holder")) == "C")
    }

    @Test("A provider who left or declined cannot accept, but staff may still give him the job")
    func excluded() {
        let facts = JobCast.facts(.matching) { $0.excluded = [JobCast.other] }
        #expect(JobCast.short(JobCast.decide(facts, .accept, by: "candidate")) == "NEL")
        #expect(JobCast.short(JobCast.decide(facts, .advance(to: .accepted), by: "candidate")) == "NEL")
        #expect(JobCast.short(JobCast.decide(facts, .accept, by: "holder")) == "A")
        #expect(JobCast.short(JobCast.decide(facts, .assign(JobCast.other), by: "admin")) == "A")
    }

    @Test("Who may send an offer, and of which job")
    func offers() {
        func answer(_ facts: JobFacts, to provider: ObjectID, by name: String) -> String {
            let refusal = JobRules.offerRefusal(facts, to: provider, by: JobCast.actor(name), now: JobCast.now)
            return refusal.flatMap { JobCast.codes[$0.code] } ?? "ok"
        }
        let rows = JobCast.rows(
            """
            owner      ILL ok  ok  TAK TAK TAK TAK TAK TAK TAK CAN EXP TAK
            admin      ILL ok  ok  TAK TAK TAK TAK TAK TAK TAK CAN EXP TAK
            system     ILL ok  ok  TAK TAK TAK TAK TAK TAK TAK CAN EXP TAK
            stranger   NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR
            holder     ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
            partner    ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
            """)
        for (name, answers) in rows {
            for (status, expected) in zip(JobStatus.allCases, answers) {
                #expect(answer(JobCast.facts(status), to: JobCast.other, by: name) == expected, "\(name), \(status)")
            }
        }
        let left = JobCast.facts(.matching) { $0.excluded = [JobCast.other] }
        #expect(answer(left, to: JobCast.other, by: "owner") == "NEL")
        #expect(answer(left, to: JobCast.holder, by: "owner") == "ok")
    }

    @Test("Who may change what is written about a job: its customer and staff, until it is finished")
    func amendments() {
        let rows = JobCast.rows(
            """
            owner      ok  ok  ok  ok  ok  ok  ok  ok  ok  ILL CAN EXP ILL
            admin      ok  ok  ok  ok  ok  ok  ok  ok  ok  ILL CAN EXP ILL
            system     ok  ok  ok  ok  ok  ok  ok  ok  ok  ILL CAN EXP ILL
            stranger   NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR NYR
            holder     ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
            partner    ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL ROL
            """)
        for (name, answers) in rows {
            for (status, expected) in zip(JobStatus.allCases, answers) {
                let refusal = JobRules.amendmentRefusal(
                    JobCast.facts(status), by: JobCast.actor(name), now: JobCast.now)
                #expect(refusal.flatMap { JobCast.codes[$0.code] } ?? "ok" == expected, "\(name), \(status)")
            }
        }
    }

    @Test("A claim that found nothing to change is told why")
    func lostClaims() {
        let answers = ["ILL", "ILL", "OFX", "TAK", "TAK", "TAK", "TAK", "TAK", "TAK", "TAK", "CAN", "EXP", "TAK"]
        for (status, expected) in zip(JobStatus.allCases, answers) {
            let refusal = JobRules.lostClaim(
                JobCast.facts(status), by: JobCast.actor("candidate"), now: JobCast.now)
            #expect(JobCast.codes[refusal.code] == expected)
        }
        let busy = JobRules.busy(JobCast.facts(.matching), by: JobCast.actor("candidate"), now: JobCast.now)
        #expect(busy.code == .providerBusy)
        #expect(busy.legalNext == [.accepted])
    }
}
