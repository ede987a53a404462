import RaceCheck
import RoadsideRules
import Testing

@Suite("The checker sees each promise broken")
struct CheckerTests {
    private typealias Honest = HonestHistory

    /// The rules that the history breaks.
    private static func broken(_ damage: (inout History) -> Void = { _ in }) -> Set<String> {
        var history = HonestHistory().history
        damage(&history)
        return Set(RaceChecker().violations(in: history).map(\.rule))
    }

    @Test("an honest history breaks none")
    func honest() {
        let violations = RaceChecker().violations(in: HonestHistory().history)
        #expect(violations.isEmpty, "\(violations)")
    }

    /// One rule, and a history that breaks it.
    struct Damage: Sendable, CustomTestStringConvertible {
        let rule: String
        let what: String
        let damage: @Sendable (inout History) -> Void

        init(_ rule: String, _ what: String, _ damage: @escaping @Sendable (inout History) -> Void) {
            self.rule = rule
            self.what = what
            self.damage = damage
        }

        var testDescription: String { "\(rule): \(what)" }
    }

    @Test("what breaks a promise is seen by its rule", arguments: damages)
    func seen(_ damage: Damage) {
        let broken = Self.broken(damage.damage)
        #expect(broken.contains(damage.rule), "only \(broken.sorted())")
    }

    static let damages: [Damage] = [
        Damage("servers live", "a server died by itself") { $0.deaths = ["gone"] },

        Damage("legal transitions", "accepted out of nothing") { $0.final.jobs[0].events.removeSubrange(0...1) },
        Damage("legal transitions", "a customer completes") { $0.final.jobs[0].events[8].by = "customer" },
        Damage("legal transitions", "something after the end") {
            $0.final.jobs[0].events.append(.init(at: 8000, "cancelled", by: "customer", actor: HonestHistory.customer))
        },
        Damage("legal transitions", "a status no event tells of") { $0.final.jobs[0].status = "cancelled" },
        Damage("legal transitions", "a stranger works on it") {
            $0.final.jobs[0].events[5].actor = HonestHistory.late
        },
        Damage("legal transitions", "events run backwards") { $0.final.jobs[0].events[8].at = 10 },

        Damage("one winner", "taken while held") { $0.final.jobs[0].events.remove(at: 3) },
        Damage("one winner", "two told that they have won") {
            $0.commands[5].outcome = .answered(.init(200, version: 4, stage: "accepted", holder: HonestHistory.late))
        },

        Damage("one job per provider", "two tenures overlap") { $0.addSecondJob(from: 6500, to: 6900) },
        Damage("one job per provider", "two jobs at one moment") {
            $0.snapshots[0].holders.append(.init(provider: HonestHistory.first, job: "j2"))
        },
        Damage("one job per provider", "the profile disagrees for a moment") { $0.snapshots[0].current = [] },
        Damage("one job per provider", "the profile disagrees at the end") {
            $0.final.providers[1].job = HonestHistory.job
        },
        Damage("one job per provider", "busy without a job") { $0.final.providers[0].availability = "busy" },
        Damage("one job per provider", "a finished job keeps its slot") { $0.final.jobs[0].slot = "current" },

        Damage("order of versions", "an older version after a newer one") {
            $0.commands[7].outcome = .answered(.init(200, version: 4, stage: "accepted", holder: HonestHistory.second))
        },
        Damage("order of versions", "one version, two meanings") {
            $0.commands[7].outcome = .answered(.init(200, version: 5, stage: "completed", holder: HonestHistory.second))
        },
        Damage("order of versions", "a version it never had") { $0.final.jobs[0].version = 5 },

        Damage("acknowledged writes", "an opening is lost") { $0.final.jobs = [] },
        Damage("acknowledged writes", "an acceptance is lost") {
            $0.commands[5].outcome = .answered(.init(200, version: 6, stage: "accepted", holder: HonestHistory.late))
        },
        Damage("acknowledged writes", "a decline is lost") {
            $0.commands.append(HonestHistory.decline(.answered(.init(200))))
        },
        Damage("acknowledged writes", "giving back acts twice") { $0.commands.append($0.commands[3]) },
        Damage("acknowledged writes", "refused and done all the same") {
            $0.commands[4].outcome = .answered(.init(409, code: "JOB_ALREADY_TAKEN"))
        },

        Damage("losers told why", "no reason") { $0.commands[2].outcome = .answered(.init(409)) },
        Damage("losers told why", "a failure of the server") {
            $0.commands[2].outcome = .answered(.init(500, code: "INTERNAL"))
        },
        Damage("losers told why", "cancelled, which it never was") {
            $0.commands[2].outcome = .answered(.init(409, code: "JOB_CANCELLED"))
        },
        Damage("losers told why", "busy without another job") {
            $0.commands[2].outcome = .answered(.init(409, code: "PROVIDER_BUSY"))
        },
        Damage("losers told why", "declined, which he did not") {
            $0.commands[2].outcome = .answered(.init(409, code: "OFFER_DECLINED"))
        },
        Damage("losers told why", "not found, though he was asked long before") {
            $0.final.offers[1].sentAt = -60_000
            $0.commands[2].outcome = .answered(.init(404, code: "NOT_FOUND"))
        },

        Damage("keys act once", "a repeated key is answered anew") {
            $0.honoursKeys = true
            $0.commands[1].key = "k"
            $0.commands[4].key = "k"
            $0.commands[4].actor = HonestHistory.first
        },

        Damage("offers", "two accepted") { $0.final.offers[3].state = "accepted" },
        Damage("offers", "left open by a finished job") { $0.final.offers[3].state = "offered" },
        Damage("offers", "withdrawn without a word") { $0.final.rows.removeAll { $0.recipient == HonestHistory.late } },
        Damage("offers", "one asked alone about two jobs") {
            $0.snapshots[0].exclusive = ["j1", "j2"].map { .init(provider: HonestHistory.late, job: $0) }
        },
        Damage("offers", "two asked alone about one job") {
            $0.snapshots[0].exclusive = ["p1", "p2"].map { .init(provider: $0, job: HonestHistory.job) }
        },

        Damage("inbox", "a gap") { $0.final.rows.remove(at: 4) },
        Damage("inbox", "a head ahead of its rows") { $0.final.heads[HonestHistory.first] = 4 },
        Damage("inbox", "the customer was not told of the end") {
            $0.final.rows.removeAll { $0.recipient == HonestHistory.customer && $0.status == "completed" }
        },

        Damage("sockets", "out of order") { $0.sockets[0].frames.reverse() },
        Damage("sockets", "out of nothing") { $0.sockets[0].frames.append(.init(7, "alert")) },
        Damage("sockets", "a cursor that falls") { $0.sockets[0].cursors.reverse() },

        Damage("nothing stuck", "no timer") { $0.leaveOpen(timer: nil) },
        Damage("nothing stuck", "a timer that did not fire") { $0.leaveOpen(timer: 1000) },
    ]

    @Test("what may have happened is no lie either way: an unknown answer accuses nobody")
    func unknown() {
        let broken = Self.broken { history in
            history.commands[4].outcome = .unknown("cut")
            history.commands[7].outcome = .unknown("cut")
        }
        #expect(broken.isEmpty, "\(broken.sorted())")
    }

    @Test("a request that was never sent causes nothing")
    func unsent() {
        let broken = Self.broken { $0.commands[4].outcome = .unsent }
        #expect(broken.contains("acknowledged writes"))
    }
}

extension HonestHistory {
    static func decline(_ outcome: CommandRecord.Outcome) -> CommandRecord {
        CommandRecord(.decline, by: late, as: .provider, job: job, began: 4200, ended: 4300, outcome)
    }
}

extension History {
    /// Another job that the second provider held between two moments.
    fileprivate mutating func addSecondJob(from: Int64, to: Int64) {
        final.jobs.append(
            .init(
                id: "j2", number: 2, version: 3, status: "cancelled", customer: HonestHistory.customer,
                events: [
                    .init(at: 1, "requested", by: "customer", actor: HonestHistory.customer),
                    .init(at: 1, "matching", by: "customer", actor: HonestHistory.customer),
                    .init(at: from, "accepted", by: "provider", actor: HonestHistory.second),
                    .init(at: to, "cancelled", by: "customer", actor: HonestHistory.customer),
                ]))
    }

    /// A job that is still searched for, long after everything came to rest.
    fileprivate mutating func leaveOpen(timer: Int64?) {
        var job = FinalState.Job(
            id: "j2", number: 2, version: 1, status: "matching", customer: HonestHistory.customer,
            events: [
                .init(at: 1, "requested", by: "customer", actor: HonestHistory.customer),
                .init(at: 1, "matching", by: "customer", actor: HonestHistory.customer),
            ])
        job.timer = timer
        final.jobs.append(job)
    }
}
