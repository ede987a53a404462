import BSON
import Mongo
import Proving

/// 5: two providers accept the same job at the same moment, at two servers.
struct AcceptFault: Fault {
    static let number = "5"
    static let name = "two accepts within a millisecond at two servers"

    private static let rounds = 25

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let game = try await AcceptGame(stage, rounds: Self.rounds)
        var (apart, wrong): ([Double], Int) = ([], 0)
        for round in 0..<Self.rounds {
            let outcome = try await game.race(round)
            apart.append(outcome.apart)
            if outcome.statuses.sorted() != [200, 409] { wrong += 1 }
        }
        try await Task.sleep(for: .seconds(1))
        let offers = try await game.desk.offers()
        let withdrawn = try await game.desk.told("offer.taken")
        verdict.note("rounds", Self.rounds)
        verdict.note("within_1_ms", apart.count { $0 <= 1 })
        // This process has the same cores as the servers: most of the races must be close ones.
        verdict.expect("mostly_within_1_ms", apart.count { $0 <= 1 } * 2 > Self.rounds)
        verdict.note("apart_p50_ms", Quantiles(apart)(0.5))
        verdict.note("apart_max_ms", Quantiles(apart).max)
        verdict.expect("wrong_answers", wrong, is: 0)
        verdict.expect("accepted", offers.count { $0.state == "accepted" }, is: Self.rounds)
        verdict.expect("jobs_won", Set(offers.filter { $0.state == "accepted" }.map(\.job)).count, is: Self.rounds)
        verdict.expect("losers_told", Set(withdrawn.map(\.job)).count, is: Self.rounds)
        let ledger = Ledger(client: game.world.client)
        try await ledger.settle(game.crowd)
        verdict.expectWhole(try await ledger.tally(game.crowd, []))
    }
}

/// 11: an accept that was answered comes again, with its key and without, from the winner and from the loser.
struct ReplayFault: Fault {
    static let number = "11"
    static let name = "old accepts are said again"

    private static let rounds = 10

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let game = try await AcceptGame(stage, rounds: Self.rounds)
        var (winners, losers): ([Int], [Int]) = ([], [])
        for round in 0..<Self.rounds { _ = try await game.race(round) }
        try await Task.sleep(for: .seconds(1))
        let rows = try await game.world.client.collection("notifications").count(["kind": ["$ne": "canary"]])
        for round in 0..<Self.rounds {
            let outcome = game.outcome(round)
            for server in 0..<2 {
                for key in ["round-\(round)-\(outcome.winner)", nil] {
                    winners.append(
                        await game.desk.accept(
                            outcome.job, by: game.people(round)[outcome.winner], over: game.world.http(server),
                            key: key) ?? 0)
                }
                losers.append(
                    await game.desk.accept(
                        outcome.job, by: game.people(round)[1 - outcome.winner], over: game.world.http(server)) ?? 0)
            }
        }
        try await Task.sleep(for: .seconds(1))
        let after = try await game.world.client.collection("notifications").count(["kind": ["$ne": "canary"]])
        verdict.note("rounds", Self.rounds)
        verdict.expect("winner_200", winners.count { $0 == 200 }, is: Self.rounds * 4)
        verdict.expect("loser_409", losers.count { $0 == 409 }, is: Self.rounds * 2)
        verdict.expect("new_rows", after - rows, is: 0)
        verdict.expect(
            "accepted", try await game.desk.offers().count { $0.state == "accepted" }, is: Self.rounds)
    }
}
