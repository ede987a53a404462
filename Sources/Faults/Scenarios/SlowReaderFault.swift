import Proving

/// 8: a tenth of the sockets stops reading. The traffic is the same as before, when they read: messages to everybody who
/// is healthy, which are timed, and in the beginning of each turn a flood to those who will be slow.
struct SlowReaderFault: Fault {
    static let number = "8"
    static let name = "slow readers"

    /// Sockets of one user: as many as he may have.
    private static let perUser = 8
    /// Bytes of a message of the flood, nearly the longest there may be, and messages to each: more than kernels keep for
    /// a socket that nobody reads.
    private static let (bytes, messages) = (1900, 120)
    /// Clean and slow turns, alternating, for one turn of either may be disturbed by the machine.
    private static let rounds = 3
    private static let turn = Duration.seconds(15)
    /// How long they go on not reading after a slow turn. A socket is closed ten seconds after it has stalled (4008), and
    /// whoever does not stall, because kernels keep all of the flood, by the heartbeat: its ping comes within 24 seconds
    /// and is given eight once it has left (4009), ten to leave (4008). Who reads more than five seconds after that finds the connection cut, and no code.
    private static let absence = Duration.seconds(20)
    /// What an end of theirs may show.
    private static let ends: Set<UInt16?> = [4008, 4009, nil]
    /// User memory that a stalled socket may cost (realtime.md §3.8), and what an allocator may keep meanwhile; KiB.
    private static let (stalledKiB, slackKiB) = (64, 32 * 1024)

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let count = min(stage.options.sockets, 1000)
        let world = try await stage.world()
        let slowPeople = try await world.customers(max(1, count / 10 / Self.perUser))
        let slowCount = slowPeople.count * Self.perUser
        let healthy = try await world.customers(count - slowCount)
        let crowd = stage.crowd()
        try await crowd.join(healthy, ports: world.ports)
        for _ in 0..<Self.perUser { try await crowd.join(slowPeople, ports: world.ports) { $0.isNarrow = true } }
        try await crowd.gather()
        let firstSlow = healthy.count
        let (timed, flood) = (
            Pusher(try world.admin(), ports: world.ports),
            Pusher(try world.admin(), ports: world.ports, bytes: Self.bytes, firstMark: 1_000_000)
        )
        let (rate, dice) = (stage.options.rate, stage.dice)
        async let timing: Void = timed.run(to: healthy, rate: rate, dice: dice)
        var spans: [(isSlow: Bool, start: UInt64, end: UInt64, memory: Int)] = []
        try await Task.sleep(for: .seconds(5))
        for round in 1...Self.rounds {
            for isSlow in [false, true] {
                stage.say("round \(round) of \(Self.rounds): \(slowCount) sockets \(isSlow ? "do not " : "")read")
                try await crowd.each { if $0.index >= firstSlow { $0.reads(!isSlow) } }
                let targets = (0..<Self.messages).flatMap { _ in slowPeople }
                async let flooding: Void = flood.toAll(targets)
                spans.append(try await Self.watch(world, isSlow))
                await flooding
            }
            try await Task.sleep(for: Self.absence)
            try await crowd.each { $0.reads(true) }
            // Who does not read does not notice that he has been cut off, either.
            _ = try await crowd.wait(within: .seconds(15), among: { $0.index >= firstSlow }) {
                $0.ends.count >= round
            }
            try await crowd.gather()
        }
        timed.stop()
        await timing
        let ledger = Ledger(client: world.client)
        try await ledger.settle(crowd)
        let late = Lateness(timed.pushes, try await crowd.heard())
        func times(_ isSlow: Bool) -> [Quantiles] {
            spans.filter { $0.isSlow == isSlow }.map { late.quantiles(from: $0.start, to: $0.end) }
        }
        func middle(_ values: [Double]) -> Double { Quantiles(values)(0.5) }
        let clean = middle(times(false).map { $0(0.99) })
        let slow = middle(times(true).map { $0(0.99) })
        verdict.note("clean_p50_ms", middle(times(false).map { $0(0.5) }))
        verdict.note("slow_p50_ms", middle(times(true).map { $0(0.5) }))
        verdict.note("clean_p99_ms", clean)
        verdict.note("slow_p99_ms", slow)
        verdict.expect("p99_ratio", ratio: slow / max(clean, 0.001), atMost: 1.1)
        let memory = { (isSlow: Bool) in spans.filter { $0.isSlow == isSlow }.map(\.memory).max() ?? 0 }
        verdict.note("clean_rss_kib", memory(false))
        verdict.expect(
            "slow_rss_kib", Double(memory(true)),
            atMost: Double(memory(false) + slowCount * Self.stalledKiB + Self.slackKiB))
        let ends = try await crowd.with { clients in
            (
                slow: clients.filter { $0.index >= firstSlow }.flatMap(\.ends).map(\.code),
                healthy: clients.filter { $0.index < firstSlow }.flatMap(\.ends).count
            )
        }
        verdict.expect("slow_ended", ends.slow.count { Self.ends.contains($0) }, is: slowCount * Self.rounds)
        verdict.expect("slow_ended_otherwise", ends.slow.count { !Self.ends.contains($0) }, is: 0)
        verdict.note("ended_4008", ends.slow.count { $0 == 4008 })
        verdict.note("ended_4009", ends.slow.count { $0 == 4009 })
        verdict.note("ended_without_code", ends.slow.count { $0 == nil })
        verdict.expect("healthy_ended", ends.healthy, is: 0)
        verdict.expectWhole(try await ledger.tally(crowd, timed.pushes + flood.pushes))
        verdict.note("sockets", count)
        verdict.note("slow", slowCount)
        verdict.note("pushes", timed.pushes.count + flood.pushes.count)
    }

    /// One turn, with the most memory that the server had meanwhile.
    private static func watch(
        _ world: World, _ isSlow: Bool
    ) async throws -> (isSlow: Bool, start: UInt64, end: UInt64, memory: Int) {
        let (start, end) = (Moment.now, ContinuousClock.now + turn)
        var memory = 0
        while ContinuousClock.now < end {
            memory = max(memory, ProcessLook(world.servers[0].processID)?.residentKiB ?? 0)
            try await Task.sleep(for: .milliseconds(250))
        }
        return (isSlow, start, Moment.now, memory)
    }
}
