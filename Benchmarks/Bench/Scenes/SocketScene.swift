import Foundation

/// A scene played by `SocketLoad`: sockets are opened, memory is looked at, and messages go out (not in `idle`).
struct SocketScene {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Opening: Decodable {
        let opened, refused: Int
        let seconds: Double
    }

    private struct Fan: Decodable {
        let messages, expected, deliveries, duplicates, gaps, lost, strangers, publishFailures: Int
        let seconds, p50, p99, generatorCPU: Double
    }

    let scene: Scene
    let options: RunOptions
    let workplace: Workplace

    func play(_ running: RunningTarget, _ sockets: Target.Sockets, _ way: Target.Sockets.Way) throws -> Sample {
        func inTopic(_ text: String) -> String { text.replacing("{t}", with: "0") }
        let sends = scene != .idle
        let log = workplace.file("sockets.log")
        let machine = MachineMeter(watching: running.meters)
        let empty = (memory: running.memory, time: running.microseconds)
        let body = inTopic(way.body).replacing("{m}", with: "{m}" + OwnTargets.filling)
        let child = try Child(
            .init(
                command: [
                    options.program("SocketLoad"), "--port", "\(running.port)", "--sockets", "\(scene.connections)",
                    "--path", inTopic(sockets.path), "--publish-path", inTopic(way.path), "--publish-body", body,
                ] + (sends ? ["--seconds", "\(options.seconds)"] : []) + (way.isFrames ? ["--publish-frames"] : []),
                core: options.generatorPin, log: log, isRead: true))
        defer { child.stop() }
        func step<Answer: Decodable>(_ type: Answer.Type) throws -> Answer {
            guard let line = child.line() else { throw Failure(description: "\(running.target.name): \(tail(log))") }
            return try JSONDecoder().decode(type, from: Data(line.utf8))
        }

        let opening = try step(Opening.self)
        let opened = running.microseconds
        // What was needed only to open them is given back within a moment.
        usleep(1_000_000)
        let perSocket = (running.memory - empty.memory) / Double(max(opening.opened, 1))
        var sample = Sample(
            rate: Double(opening.opened) / opening.seconds,
            serverMicroseconds: (opened - empty.time) / Double(max(opening.opened, 1)), memory: running.memory,
            memoryPerSocket: perSocket, openings: Double(opening.opened) / opening.seconds,
            errors: opening.refused + scene.connections - opening.opened, generator: 0, others: 0)
        if sends {
            child.nudge()
            _ = try step([String: Int].self)
            let before = running.microseconds
            child.nudge()
            let fan = try step(Fan.self)
            sample.serverMicroseconds = (running.microseconds - before) / Double(max(fan.deliveries, 1))
            (sample.rate, sample.p50, sample.p99) = (Double(fan.deliveries) / fan.seconds, fan.p50, fan.p99)
            sample.errors +=
                fan.expected - fan.deliveries + fan.duplicates + fan.gaps + fan.lost + fan.strangers
                + fan.publishFailures
            sample.generator = fan.generatorCPU * 100 / fan.seconds
        }
        child.stop()
        sample.others = machine.others(besides: child.wait().microseconds)
        return sample
    }
}
