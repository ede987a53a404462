import ArgumentParser
import BSON
import Faults
import Foundation
import Proving

/// `faults`: breaks servers, sockets and the database on purpose, and says what the clients saw of it.
@main
struct FaultsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults",
        abstract: "Break things under real sockets, and hold what their clients saw against the database.",
        discussion: """
            Starts a database and, for each scenario, servers of its own. Each scenario ends with its verdict, a line of \
            JSON on standard output. The exit status is 0 only when every promise was kept. Scenarios: \(Self.list).
            """)

    @Option(help: "Only these scenarios, such as 2,15.") var only: String?
    @Option(help: "Sockets in the scenarios that are about many.") var sockets = 5000
    @Option(help: "How often the server is killed in scenario 2.") var kills = 20
    @Option(help: "Durable pushes a second.") var rate = 100
    @Option(help: "Draws recipients and pauses; drawn and printed unless given.") var seed: UInt64?
    @Option(help: "Use this replica set, and databases of new names on it, instead of a MongoDB of its own.")
    var mongoUri: String?

    private static var list: String { FaultRun.scenarios.map { "\($0.number) (\($0.name))" }.joined(separator: ", ") }

    func run() async throws {
        Self.allowManyFiles()
        let workplace = try Workplace("faults")
        defer { workplace.remove() }
        let database = try await RunDatabase.open(mongoUri, in: workplace)
        defer { database.stop() }
        var options = FaultOptions(
            program: try Installation.program(),
            reference: URL(fileURLWithPath: "Config/reference").standardizedFileURL.path,
            folder: workplace.file("state"), uri: database.uri)
        options.sockets = sockets
        options.kills = kills
        options.rate = rate
        options.seed = seed ?? UInt64.random(in: 1...UInt64(Int32.max))
        options.progress = { Self.say("faults: \($0)") }
        Self.say("faults: seed \(options.seed), \(sockets) sockets, \(kills) kills, \(rate) pushes a second")
        let run = FaultRun(options)
        var broken = 0
        for number in wanted {
            guard let verdict = await run.play(number) else { continue }
            print(verdict.json.text)
            // A line is a verdict: whoever reads along shall have it at once.
            fflush(nil)
            if !verdict.isOK { broken += 1 }
        }
        guard broken == 0 else { throw ExitCode.failure }
    }

    private var wanted: [String] {
        only.map { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
            ?? FaultRun.scenarios.map(\.number)
    }

    func validate() throws {
        guard (40...15_000).contains(sockets), kills > 0, (1...2000).contains(rate) else {
            throw ValidationError("sockets must be 40 to 15000, kills positive, rate 1 to 2000")
        }
        let known = Set(FaultRun.scenarios.map(\.number))
        if let stranger = wanted.first(where: { !known.contains($0) }) {
            throw ValidationError("there is no scenario \(stranger); there are \(Self.list)")
        }
    }

    /// A socket is a file; the servers, children, inherit the limit.
    private static func allowManyFiles() {
        var limit = rlimit()
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(kind, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(kind, &limit)
    }

    private static func say(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }
}
