public import ArgumentParser
import BSON
import Foundation
import Proving
public import RaceCheck

/// `race-check`: hundreds of virtual people at two servers that are killed and restarted, and a checker over what came of it.
@main
struct RaceCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "race-check",
        abstract: "Prove under races and kills that no job has two winners and no provider two jobs.",
        discussion: """
            Starts a database and two servers of its own. A seed reproduces the plan: who does what, in which order and \
            after which pauses, and after how many jobs which server is killed. How the requests then interleave differs \
            from run to run. With --mutate status-filter-alone or offer-winner other layers still hold: these two stay \
            green. The exit status is 0 only without a violation; the last line is the verdict as JSON.
            """)

    @Option(help: "Jobs to be opened.") var jobs = 2000
    @Option(help: "Providers who want each job.") var contenders = 8
    @Option(help: "How often a server is killed.") var kills = 20
    @Option(help: "Of the plan; drawn and printed unless given.") var seed: UInt64?
    @Option(help: "Take a safeguard away and see the checker go red: \(Self.mutations).") var mutate: RaceMutation?
    @Option(help: "Write the history to this file, a line of JSON for each request.") var history: String?
    @Option(help: "The first of two ports; free ones unless given.") var port: Int?
    @Option(help: "Use this replica set and a database of a new name on it, instead of a MongoDB of its own.")
    var mongoUri: String?

    private static let mutations = RaceMutation.allCases.map(\.rawValue).joined(separator: ", ")

    func run() async throws {
        let workplace = try Workplace("race-check")
        defer { workplace.remove() }
        var options = RaceOptions(
            program: try Installation.program(), reference: Self.absolute("Config/reference"),
            folder: workplace.file("state"))
        options.jobs = jobs
        options.contenders = contenders
        options.kills = kills
        options.seed = seed ?? UInt64.random(in: 1...UInt64(Int32.max))
        options.mutation = mutate
        options.ports = port.map { [$0, $0 + 1] } ?? []
        options.progress = { Self.say("race-check: \($0)") }
        Self.say("race-check: seed \(options.seed), \(jobs) jobs, \(contenders) contenders, \(kills) kills")
        let database = try await RunDatabase.open(mongoUri, in: workplace)
        defer { database.stop() }
        let report = try await RaceRun(options, uri: database.uri, database: "race_\(getpid())").run()
        if let history { try report.history.write(to: history) }
        print(report.lines.joined(separator: "\n"))
        print(report.json.text)
        guard report.violations.isEmpty else { throw ExitCode.failure }
    }

    func validate() throws {
        guard jobs > 0, (1...80).contains(contenders), kills >= 0 else {
            throw ValidationError("jobs must be positive, contenders 1 to 80, kills not negative")
        }
    }

    private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    private static func say(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }
}

extension RaceMutation: ExpressibleByArgument {}
