import Foundation

/// The load generator of a folder of peers, which plays `fan`, `wide` and `rooms` beside ours: two instruments that agree
/// are believed sooner than one.
struct PeerLoad {
    private struct Count: Decodable {
        enum CodingKeys: String, CodingKey {
            case conns, opened, dup, lost, ratio
            case failures = "pub_errors"
            case rate = "deliv_per_s"
            case p50 = "p50_ms"
            case p99 = "p99_ms"
            case max = "max_ms"
            case microseconds = "srv_cpu_us_per_delivery"
            case memory = "rss_per_conn_kb"
            case generator = "gen_cpu_fan_pct"
            case openings = "open_per_s"
        }
        let conns, opened, dup, lost, failures: Int
        let ratio, rate, p50, p99, max, microseconds, memory, generator, openings: Double
    }

    static let variant = "their generator"

    private let program: String
    private let options: RunOptions
    private let workplace: Workplace

    /// Nil when it is not built.
    init?(folder: String, _ options: RunOptions, _ workplace: Workplace) {
        program = "\(folder)/.build/wsload"
        (self.options, self.workplace) = (options, workplace)
        guard FileManager.default.isExecutableFile(atPath: program) else { return nil }
    }

    static func plays(_ scene: Scene) -> Bool { [.fan, .wide, .rooms].contains(scene) }

    func play(
        _ scene: Scene, _ running: RunningTarget, _ sockets: Target.Sockets, _ way: Target.Sockets.Way
    ) throws -> Sample {
        let log = workplace.file("wsload.log")
        let machine = MachineMeter(watching: running.meters)
        let child = try Child(
            .init(
                command: [
                    program, "--json", "--port", "\(running.port)", "--path", sockets.path,
                    "--conns", "\(scene.connections)", "--size", "\(OwnTargets.filling.count)",
                    "--pub", way.isFrames ? "ws" : "http", "--pub-path", way.path, "--pub-body", way.body,
                    "--max-s", "\(options.seconds)", "--msgs", "1000000",
                ]
                    + (scene == .rooms
                        ? ["--topics", "\(scene.connections / 2)", "--window", "16", "--pub-conns", "8"]
                        : ["--prompt-every", "8"])
                    + running.meters.flatMap { ["--pid", "\($0.pid)"] },
                core: options.generatorPin, log: log, isRead: true))
        var last = ""
        while let line = child.line() { if line.hasPrefix("{") { last = line } }
        let (_, time) = child.wait()
        guard let count = try? JSONDecoder().decode(Count.self, from: Data(last.utf8)) else {
            throw Load.Failure(description: "wsload failed: \(last.suffix(300)) \(tail(log))")
        }
        var sample = Sample(
            rate: count.rate, p50: count.p50, p99: count.p99, serverMicroseconds: count.microseconds,
            memory: running.memory, memoryPerSocket: count.memory, openings: count.openings,
            errors: count.conns - count.opened + count.dup + count.lost + count.failures + (count.ratio < 1 ? 1 : 0),
            generator: count.generator, others: machine.others(besides: time))
        sample.max = count.max
        return sample
    }
}
