import BSON
import Proving
import RoadsideRules

/// 2: the server is killed again and again under thousands of sockets and a hundred durable pushes a second. All sockets
/// are at the one that dies; the pushes go to it and to another one, which goes on writing meanwhile.
struct KillFault: Fault {
    static let number = "2"
    static let name = "kill -9 between commit and send"

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let options = stage.options
        var dice = stage.dice
        let world = try await stage.world(servers: 2)
        stage.say("registering \(options.sockets) people")
        let people = try await world.customers(options.sockets)
        let crowd = stage.crowd()
        try await crowd.join(people, ports: [world.ports[0]])
        try await crowd.gather()
        let pusher = Pusher(try world.admin(), ports: world.ports)
        var (boots, resumed, greeted, missing): ([Double], [Double], [Double], Int) = ([], [], [], 0)
        async let pushing: Void = pusher.run(to: people, rate: options.rate, dice: stage.dice)
        for kill in 1...max(options.kills, 1) {
            try await Task.sleep(for: .milliseconds(dice.within(400...1200)))
            world.servers[0].kill()
            try await Task.sleep(for: .milliseconds(dice.within(0...200)))
            let start = Moment.now
            try await world.servers[0].start()
            boots.append(Moment.milliseconds(from: start, to: Moment.now))
            _ = try await crowd.wait(within: .seconds(30)) { $0.liveAt != nil }
            let back = try await crowd.with { $0.map { (live: $0.liveAt, greeted: $0.greetedAt) } }
            missing += back.count { $0.live == nil }
            resumed += back.compactMap(\.live).map { Moment.milliseconds(from: start, to: $0) }
            greeted += back.compactMap(\.greeted).map { Moment.milliseconds(from: start, to: $0) }
            let p99 = Quantiles(back.compactMap(\.live).map { Moment.milliseconds(from: start, to: $0) })(0.99)
            stage.say("kill \(kill) of \(options.kills): 99 % resumed after \(Int(p99)) ms")
        }
        pusher.stop()
        await pushing
        let ledger = Ledger(client: world.client)
        try await ledger.settle(crowd, within: .seconds(60))
        let pushes = pusher.pushes
        let quantiles = Quantiles(resumed)
        verdict.expectWhole(try await ledger.tally(crowd, pushes))
        verdict.note("sockets", people.count)
        verdict.note("kills", boots.count)
        verdict.note("pushes", pushes.count)
        verdict.note("acknowledged", pushes.count { $0.status == 201 })
        verdict.note("unknown", pushes.count { $0.status == nil })
        verdict.expect("unresumed", missing, is: 0)
        verdict.note("resumed_p50_ms", quantiles(0.5))
        verdict.expect("resumed_p99_ms", quantiles(0.99), atMost: 5000)
        verdict.note("resumed_max_ms", quantiles.max)
        verdict.note("greeted_p99_ms", Quantiles(greeted)(0.99))
        verdict.note("handshakes", try await crowd.with { $0.reduce(0) { $0 + $1.handshakes } })
        verdict.note("refused_handshakes", try await crowd.with { $0.reduce(0) { $0 + $1.refusals } })
        verdict.note("boot_p50_ms", Quantiles(boots)(0.5))
        verdict.note("seed", .string(String(options.seed)))
    }
}
