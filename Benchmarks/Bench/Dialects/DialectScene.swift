import BSON
import FixOnCallClient
import Foundation

/// What a dialect costs: the same operations in the words of each, and how many instructions the server needs for them
/// (callgrind). Times would not tell a tenth on a machine that has something else to do.
struct DialectScene {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A database of its own, in which there are two people.
    static let name = "dialects"
    /// The dialect that all others are compared with.
    static let reference = "FixOnCall"

    let options: RunOptions
    let workplace: Workplace

    /// The server's target on a simulated processor, which counts nothing before it is told to.
    func counting(_ target: Target) throws -> Target {
        var target = target
        target.commands = try target.commands.map { command in
            // valgrind gives up on what the compiler writes for debuggers.
            let plain = workplace.file("plain")
            try make(["strip", "--strip-debug", "-o", plain, command[0]])
            return [
                "valgrind", "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file={folder}/\(Self.dump)",
                plain,
            ] + command.dropFirst()
        }
        let mended = workplace.file("sigsuspend.so")
        try make(["clang", "-shared", "-fPIC", "-o", mended, options.source("Dialects/sigsuspend.c")])
        target.environment["LD_PRELOAD"] = mended
        target.environment["MONGO_DATABASE"] = Self.name
        // The same search for everybody.
        target.environment["DISPATCH_MODE"] = "cascade"
        target.environment["RIDE_AUTO_ASSIGN"] = "false"
        return target
    }

    /// - Parameter note: hears of each operation in each dialect.
    func play(_ running: RunningTarget, note: (_ variant: String, Sample) -> Void) throws {
        guard let pid = running.meters.first?.pid else { throw Failure(description: "the server has ended") }
        let people = try DialectPeople(running)
        try control("--instr=on", pid)
        // The server has work of its own, whatever is asked of it.
        let idle = try count(pid) { usleep(3_000_000) }
        let idleRate = Double(idle.instructions) / idle.seconds
        for operation in DialectOperations.all {
            for way in operation.ways {
                try waiting {
                    // Who has not been heard of for a while is asked by nobody.
                    try await people.provider.must("POST", "/api/mechanics/me/location", DialectOperations.place)
                    for _ in 0..<operation.warm { try await way.perform(people) }
                }
                let all = try count(pid) {
                    try waiting { for _ in 0..<operation.times { try await way.perform(people) } }
                }
                let own = Double(all.instructions) - idleRate * all.seconds
                note(
                    Self.variant(operation.name, way.dialect),
                    Sample(
                        rate: Double(operation.times) / all.seconds, memory: running.memory, errors: 0,
                        generator: 0, others: 0, instructions: own / Double(operation.times)))
            }
        }
    }

    static func variant(_ operation: String, _ dialect: String) -> String { "\(operation), \(dialect)" }

    private static let dump = "counts"
    private var log: String { workplace.file("callgrind.log") }

    /// Instructions while the work was done, those of all threads together.
    private func count(_ pid: pid_t, _ work: () throws -> Void) throws -> (instructions: Int, seconds: Double) {
        try control("--zero", pid)
        let began = ContinuousClock.now
        try work()
        let seconds = began.duration(to: .now) / .seconds(1)
        let before = Set(try dumps())
        try control("--dump", pid)
        guard let file = try dumps().first(where: { !before.contains($0) }),
            let total = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
                .first(where: { $0.hasPrefix("totals:") || $0.hasPrefix("summary:") }),
            let instructions = total.split(separator: " ").last.flatMap({ Int($0) })
        else { throw Failure(description: "callgrind has written no counts") }
        return (instructions, seconds)
    }

    private func make(_ command: [String]) throws {
        guard Child.output(of: command, log: log) != nil else {
            throw Failure(description: "\(command[0]) failed: \(tail(log))")
        }
    }

    private func dumps() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: workplace.path).filter { $0.hasPrefix("run-") }.flatMap {
            folder in
            try FileManager.default.contentsOfDirectory(atPath: workplace.file(folder))
                .filter { $0.hasPrefix(Self.dump + ".") }.map { workplace.file("\(folder)/\($0)") }
        }
    }

    private func control(_ command: String, _ pid: pid_t) throws {
        guard Child.output(of: ["callgrind_control", command, "\(pid)"], log: log) != nil else {
            throw Failure(description: "callgrind does not answer: \(tail(log))")
        }
    }
}
