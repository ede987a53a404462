import Dispatch
import Proving

/// 19: the server with all sockets is asked to stop; they go to the other one, which has work to do.
struct DeployFault: Fault {
    static let number = "19"
    static let name = "SIGTERM with many sockets"

    /// Handshakes a second that a server lets in (realtime.md §3.8).
    private static let mostHandshakes = 2000

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let (count, perUser) = (stage.options.sockets, 4)
        let world = try await stage.world(servers: 2)
        let people = try await world.customers((count + perUser - 1) / perUser)
        let crowd = stage.crowd()
        try await crowd.join((0..<count).map { people[$0 / perUser] }, ports: [world.ports[0]])
        try await crowd.gather()
        let pusher = Pusher(try world.admin(), ports: [world.ports[1]])
        async let pushing: Void = pusher.run(to: people, rate: stage.options.rate, dice: stage.dice)
        try await Task.sleep(for: .seconds(10))
        let other = world.ports[1]
        try await crowd.each { $0.ports = [other] }
        let stopAt = Moment.now
        async let stopped = Self.stop(world.servers[0])
        _ = try await crowd.wait(within: .seconds(40)) { !$0.ends.isEmpty && $0.liveAt != nil }
        let liveAt = Moment.now
        let stoppedAt = await stopped
        try await Task.sleep(for: .seconds(2))
        pusher.stop()
        await pushing
        let ledger = Ledger(client: world.client)
        try await ledger.settle(crowd)
        let clients = try await crowd.with {
            $0.map { (ends: $0.ends, greeted: $0.greetedAt ?? 0, live: $0.liveAt, refusals: $0.refusals) }
        }
        let back = Quantiles(
            clients.compactMap { client in
                client.ends.first.flatMap { end in client.live.map { Moment.milliseconds(from: end.at, to: $0) } }
            })
        let bySecond = Dictionary(grouping: clients.filter { $0.greeted > stopAt }) {
            ($0.greeted - stopAt) / 1_000_000_000
        }
        let pushes = pusher.pushes
        func answers(from start: UInt64, to end: UInt64) -> Quantiles {
            Quantiles(
                pushes.filter { $0.due >= start && $0.due < end }
                    .map { Moment.milliseconds(from: $0.due, to: $0.answeredAt) })
        }
        let before = answers(from: stopAt - 8_000_000_000, to: stopAt)
        let during = answers(from: stopAt, to: liveAt)
        verdict.note("sockets", count)
        verdict.expect("closed_1012", clients.count { $0.ends.first?.code == 1012 }, is: count)
        verdict.expect("unresumed", clients.count { $0.live == nil }, is: 0)
        verdict.note("away_p50_ms", back(0.5))
        verdict.note("away_p99_ms", back(0.99))
        verdict.note("all_back_ms", Moment.milliseconds(from: stopAt, to: liveAt))
        verdict.note("stopped_ms", Moment.milliseconds(from: stopAt, to: stoppedAt))
        verdict.expect(
            "handshakes_a_second", Double(bySecond.values.map(\.count).max() ?? 0), atMost: Double(Self.mostHandshakes))
        verdict.note("refused_handshakes", clients.reduce(0) { $0 + $1.refusals })
        verdict.note("rest_p99_before_ms", before(0.99))
        verdict.note("rest_p99_during_ms", during(0.99))
        verdict.expect("rest_p99_ratio", ratio: during(0.99) / max(before(0.99), 0.001), atMost: 2)
        verdict.expectWhole(try await ledger.tally(crowd, pushes))
    }

    /// On a thread of its own: it waits for the end.
    private static func stop(_ server: KillableServer) async -> UInt64 {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                server.stop()
                continuation.resume(returning: Moment.now)
            }
        }
    }
}
