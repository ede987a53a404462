import Foundation

/// `DutyLoad`, which goes from step to step with this program and says a line of JSON at the end of each.
final class Load {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Latencies: Decodable {
        let count: Int
        let p50, p90, p99, max: Double
    }

    struct Opening: Decodable {
        let opened, refused: Int
        let seconds: Double
        let opening: Latencies?
    }

    private let child: Child

    init(_ scene: String, port: Int, _ arguments: [String], _ options: RunOptions, in workplace: Workplace) throws {
        child = try Child(
            .init(
                command: [
                    options.program("DutyLoad"), "--scene", scene, "--port", "\(port)",
                    "--seconds", "\(options.seconds)", "--warm", "\(options.warm)",
                ] + arguments,
                core: options.generatorPin, log: workplace.file("duty.log"), isRead: true))
    }

    var meter: ProcessMeter { ProcessMeter(pid: child.pid) }

    /// Waits for the end of a step.
    func step<Answer: Decodable>(_ type: Answer.Type) throws -> Answer {
        guard let line = child.line() else { throw Failure(description: tail(child.log)) }
        return try JSONDecoder().decode(type, from: Data(line.utf8))
    }

    /// The step that opens sockets, all of which must open.
    func opening() throws -> Opening {
        let opening = try step(Opening.self)
        guard opening.refused == 0 else {
            throw Failure(description: "\(opening.refused) connections were refused: \(tail(child.log))")
        }
        return opening
    }

    func goOn() { child.nudge() }

    func stop() { child.stop() }
}

extension Sample {
    mutating func take(_ latencies: Load.Latencies) {
        (p50, p90, p99, max) = (latencies.p50, latencies.p90, latencies.p99, latencies.max)
    }
}
