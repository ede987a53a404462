import Proving
import RoadsideRules

/// 17: sockets come and go, eight a user, while messages flow; then each of them must hear a canary.
struct ChurnFault: Fault {
    static let number = "17"
    static let name = "churn, then a canary to each socket"

    private static let perUser = 8
    private static let seconds = 15

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        var dice = stage.dice
        let world = try await stage.world(servers: 2)
        let people = try await world.customers(max(1, min(stage.options.sockets, 1600) / Self.perUser))
        let crowd = stage.crowd()
        for place in 0..<Self.perUser { try await crowd.join(people, ports: [world.ports[place % 2]]) }
        try await crowd.gather()
        let count = people.count * Self.perUser
        let pusher = Pusher(try world.admin(), ports: world.ports)
        async let pushing: Void = pusher.run(to: people, rate: stage.options.rate, dice: stage.dice)
        let end = ContinuousClock.now + .seconds(Self.seconds)
        var (left, vanished) = (0, 0)
        while ContinuousClock.now < end {
            let (client, isPolite) = (dice.below(count), dice.happens(percent: 50))
            try await crowd.with { isPolite ? $0[client].leave() : $0[client].vanish() }
            if isPolite { left += 1 } else { vanished += 1 }
            try await Task.sleep(for: .milliseconds(4))
        }
        pusher.stop()
        await pushing
        try await crowd.gather()
        let ledger = Ledger(client: world.client)
        try await ledger.settle(crowd)
        let canary = Pusher(try world.admin(), ports: world.ports, firstMark: 1_000_000)
        await canary.toAll(people)
        try await ledger.settle(crowd)
        let heard = Set(try await crowd.heard().filter { $0.mark >= 1_000_000 }.map(\.client))
        verdict.note("sockets", count)
        verdict.note("left", left)
        verdict.note("vanished", vanished)
        verdict.expect("canaries_taken", canary.pushes.count { $0.status == 201 }, is: people.count)
        verdict.expect("deaf", count - heard.count, is: 0)
        verdict.note("refused_handshakes", try await crowd.with { $0.reduce(0) { $0 + $1.refusals } })
        verdict.expectWhole(try await ledger.tally(crowd, pusher.pushes + canary.pushes))
    }
}
