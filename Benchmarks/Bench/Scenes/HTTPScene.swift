import FixOnCallClient
import Foundation

/// A scene played by `wrk`.
struct HTTPScene {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Not one answer while it was measured.
    struct NoAnswer: Error {}

    private struct Count: Decodable {
        let requests: Int
        let seconds, p50, p99: Double
        let refused, broken: Int
    }

    let scene: Scene
    let route: Target.Route
    let database: Database
    let options: RunOptions
    let workplace: Workplace

    /// Asks once, so that nobody measures how quickly a server says no.
    func rehearse(_ running: RunningTarget, tokens: [String]) throws -> HTTPAnswer {
        var chance = Chance(seed: 3)
        let (path, body) = Requests.filled(route, user: 0, &chance)
        return try running.ask(route.method, path, token: route.isSignedIn ? tokens.first : nil, body: body)
    }

    func play(_ running: RunningTarget, tokens: [String]) throws -> Sample {
        let requests = workplace.file("requests")
        try Requests.write(route, tokens: tokens, to: requests)
        if options.warm > 0 {
            _ = try load(running, requests, seconds: options.warm)
            // Some answers were still on their way when the generator left.
            database.calm()
        }
        let mongod = ProcessMeter(pid: database.child.pid)
        let machine = MachineMeter(watching: running.meters + [mongod])
        let before = (running.microseconds, mongod.microseconds)
        let (count, generator) = try load(running, requests, seconds: options.seconds)
        let after = (running.microseconds, mongod.microseconds)
        let others = machine.others(besides: generator)
        guard count.requests > 0 else { throw NoAnswer() }
        let all = Double(count.requests)
        return Sample(
            rate: all / count.seconds, p50: count.p50, p99: count.p99,
            serverMicroseconds: (after.0 - before.0) / all, mongodMicroseconds: (after.1 - before.1) / all,
            memory: running.memory, errors: count.refused + count.broken,
            generator: generator / 1e4 / count.seconds, others: others)
    }

    private func load(
        _ running: RunningTarget, _ requests: String, seconds: Int
    ) throws -> (count: Count, microseconds: Double) {
        let log = workplace.file("wrk.log")
        let child = try Child(
            .init(
                command: [
                    "wrk", "--threads", "1", "--connections", "\(scene.connections)", "--duration", "\(seconds)s",
                    "--timeout", "20s", "--script", options.script, "http://127.0.0.1:\(running.port)", "--", requests,
                ], core: options.generatorPin, log: log, isRead: true))
        var last = ""
        while let line = child.line() { if line.hasPrefix("{") { last = line } }
        let (status, time) = child.wait()
        guard status == 0, let count = try? JSONDecoder().decode(Count.self, from: Data(last.utf8)) else {
            throw Failure(description: "wrk failed: \(tail(log))")
        }
        return (count, time)
    }
}
