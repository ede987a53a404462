/// A scene of many topics, played by `DutyLoad` with a hub alone.
struct HubScene {
    private struct Messages: Decodable {
        let messages, deliveries, missing, duplicates, strangers, lost, cut, failures: Int
        let seconds, generatorCPU: Double
        let arrival: Load.Latencies
    }

    /// One row of the scene.
    private struct Part {
        let variant: String
        let arguments: [String]
        var filling = OwnTargets.filling
        var slow = 0
    }

    /// Messages a second in `slow`, and the sockets of it that do not read.
    static let slowRate = 50
    private static let slowSockets = 100

    let scene: Scene
    let options: RunOptions
    let workplace: Workplace

    /// - Parameter start: starts the target; every row has its own, since memory is part of what is measured.
    func play(_ target: Target, start: () throws -> RunningTarget) throws -> [(variant: String, sample: Sample)] {
        guard let sockets = target.sockets else { return [] }
        return try sockets.ways.enumerated().flatMap { place, way in
            try parts(way, isUsual: place == 0, of: target).map { part in
                let running = try start()
                defer { running.stop() }
                let names = [way.variant, part.variant].filter { !$0.isEmpty }
                return (names.joined(separator: ", "), try play(part, running, sockets, way))
            }
        }
    }

    private func parts(_ way: Target.Sockets.Way, isUsual: Bool, of target: Target) -> [Part] {
        switch scene {
        case .unicast where isUsual:
            [1000, 5000].map {
                .init(variant: "\($0) a second", arguments: ["--rate", "\($0)", "--connections", "16"])
            }
        case .rooms where !way.keepsLatest:
            [.init(variant: "", arguments: ["--closed", "--in-topic", "2", "--connections", "8"])]
        case .moves where way.isFrames && target.name == OwnTargets.name:
            (way.keepsLatest ? [1, 5] : [1]).map { hertz in
                .init(
                    variant: "\(hertz) Hz",
                    arguments: [
                        "--rate", "\(hertz * scene.connections)", "--connections", "\(scene.connections)", "--round",
                    ], filling: "")
            }
        // How others treat those who do not read is not compared.
        case .slow where isUsual && target.name == OwnTargets.name:
            [0, Self.slowSockets].map { slow in
                .init(
                    variant: slow == 0 ? "all read" : "\(slow) do not read",
                    arguments: [
                        "--rate", "\(Self.slowRate)", "--in-topic", "\(scene.connections)", "--connections", "4",
                        "--deaf", "\(slow)",
                    ], filling: String(repeating: "x", count: 1800), slow: slow)
            }
        default: []
        }
    }

    private func play(
        _ part: Part, _ running: RunningTarget, _ sockets: Target.Sockets, _ way: Target.Sockets.Way
    ) throws -> Sample {
        let load = try Load(
            "topics", port: running.port,
            [
                "--sockets", "\(scene.connections)", "--socket-path", sockets.path, "--publish-path", way.path,
                "--publish-body", way.body.replacing("{m}", with: "{m}" + part.filling),
            ] + (way.isFrames ? ["--publish-frames"] : []) + (way.keepsLatest ? ["--latest"] : []) + part.arguments,
            options, in: workplace)
        defer { load.stop() }
        _ = try load.opening()
        let opened = running.memory
        load.goOn()
        _ = try load.step([String: Int].self)
        let machine = MachineMeter(watching: running.meters + [load.meter])
        let before = running.microseconds
        _ = try load.step([String: Double].self)
        let (after, others) = (running.microseconds, machine.others(besides: 0))
        let peak = running.peak
        let result = try load.step(Messages.self)
        // What a position costs is a matter of those sent, not of those which were still the newest.
        let count = Double(max(way.keepsLatest ? result.messages : result.deliveries, 1))
        var sample = Sample(
            rate: Double(result.deliveries) / result.seconds, serverMicroseconds: (after - before) / count,
            memory: peak,
            errors: result.missing + result.duplicates + result.strangers + result.lost + result.failures,
            generator: result.generatorCPU * 100 / result.seconds, others: others)
        sample.take(result.arrival)
        if part.slow > 0 { sample.memoryPerSocket = (peak - opened) / Double(part.slow) }
        return sample
    }
}
