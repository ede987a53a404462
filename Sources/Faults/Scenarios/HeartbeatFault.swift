import Proving

/// 9: some of many sockets never answer a ping.
struct HeartbeatFault: Fault {
    static let number = "9"
    static let name = "sockets that answer no ping"

    /// So many of a hundred.
    private static let mutePercent = 2

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let world = try await stage.world(["SOCKETS_PING_SECONDS": "2"])
        let (count, perUser) = (stage.options.sockets, 4)
        let people = try await world.customers((count + perUser - 1) / perUser)
        let all = (0..<count).map { people[$0 / perUser] }
        let mute = max(1, count * Self.mutePercent / 100)
        let crowd = stage.crowd()
        try await crowd.join(all, ports: world.ports) {
            if $0.index < mute { ($0.answersPings, $0.comesBack) = (false, true) }
        }
        try await crowd.gather()
        try await crowd.each { if $0.index < mute { $0.comesBack = false } }
        // A ping within 2.4 s, and eight seconds for its answer; some more for nobody else to go.
        try await crowd.wait(within: .seconds(20), among: { $0.index < mute }) { !$0.ends.isEmpty }
        try await Task.sleep(for: .seconds(3))
        let (silent, healthy) = try await crowd.with { clients in
            (
                clients.filter { $0.index < mute }.flatMap(\.ends).map(\.code),
                clients.filter { $0.index >= mute }.flatMap(\.ends).count
            )
        }
        verdict.note("sockets", count)
        verdict.note("mute", mute)
        verdict.expect("closed_4009", silent.count { $0 == 4009 }, is: mute)
        verdict.expect("healthy_ended", healthy, is: 0)
    }
}

/// 9b: everybody vanishes at once, without a word.
struct VanishFault: Fault {
    static let number = "9b"
    static let name = "all clients vanish at once"

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let world = try await stage.world()
        let (count, perUser) = (stage.options.sockets, 4)
        let people = try await world.customers((count + perUser - 1) / perUser)
        guard let look = ProcessLook(world.servers[0].processID) else {
            throw Crowd.Failure(description: "there is no server")
        }
        let crowd = stage.crowd()
        try await crowd.join((0..<count).map { people[$0 / perUser] }, ports: world.ports)
        try await crowd.gather()
        let watch = HealthWatch(world.http(0))
        async let watching: Void = watch.run()
        try await Task.sleep(for: .seconds(2))
        let with = look.descriptors
        let moment = Moment.now
        try await crowd.each {
            $0.comesBack = false
            $0.vanish()
        }
        var back: Double?
        for _ in 0..<100 {
            if look.descriptors <= with - count {
                back = Moment.milliseconds(from: moment, to: Moment.now)
                break
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        try await Task.sleep(for: .seconds(3))
        watch.stop()
        await watching
        verdict.note("sockets", count)
        verdict.note("descriptors_with", with)
        verdict.note("descriptors_after", look.descriptors)
        verdict.expect("descriptors_back_ms", back ?? .infinity, atMost: 5000)
        verdict.note("health_looks", watch.times.count)
        verdict.note("health_p50_ms", watch.times(0.5))
        verdict.expect("health_max_ms", watch.times.max, atMost: 200)
        verdict.expect("health_failures", watch.failures, is: 0)
    }
}
