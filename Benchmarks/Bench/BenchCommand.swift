import ArgumentParser
import Foundation

/// `bench`: starts a database, fills it, and measures the product beside its floors and its peers.
@main
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the server and its hub beside bare C and, with PEERS=/path, beside other servers.",
        discussion: "Benchmarks/README.md says what is measured and how to read it.")

    @OptionGroup var options: RunOptions

    @Option(help: "Scenes, separated by commas: \(Scene.allCases.map(\.rawValue).joined(separator: ", ")).")
    var scenes: String?

    @Flag(help: "The scenes of the hub instead of the usual ones, and what it must reach.") var hub = false

    @Option(help: "Targets, separated by commas: ours, floor, and names from the peers' folder.") var targets: String?

    @Option(help: "Also write every round to this file.") var json: String?

    @Option(help: "A folder of other servers with a peers.py (also the variable PEERS).") var peers: String?

    func run() throws {
        let workplace = try Workplace()
        defer { workplace.remove() }
        var run = try BenchRun(
            options: options, scenes: try chosenScenes(), names: targets.map(Self.words), peers: peersFolder,
            workplace: workplace)
        let report = try run.all()
        let lines =
            run.machine.lines + [""] + Table(report: report).lines() + Self.legend + report.notes
            + (hub
                ? HubBars(report: report).lines()
                : FloodBar(report: report).lines() + TimingBars(report: report).lines()
                    + DialectBar(report: report).lines())
        print("\n" + lines.joined(separator: "\n"))
        if let json { try report.write(run.machine, to: json) }
        guard report.failures.isEmpty else {
            print("\n!! FAILED\n" + report.failures.map { "!! \($0)" }.joined(separator: "\n"))
            throw ExitCode.failure
        }
    }

    private static let legend = [
        "",
        "server µs, mongod µs: CPU time for one request, delivery or opening. load %, others %: CPU of the generator and of",
        "everything foreign, of one core. speed: ours / theirs. CPU: theirs / ours. Above 1 we are ahead in both.",
    ]

    private var peersFolder: String? {
        let given = peers ?? ProcessInfo.processInfo.environment["PEERS"]
        guard let given, !given.isEmpty else { return nil }
        return URL(fileURLWithPath: given).standardizedFileURL.path
    }

    private func chosenScenes() throws -> [Scene] {
        guard let scenes else { return hub ? Scene.hub : Scene.usual }
        let chosen = try Self.words(scenes).map { word in
            guard let scene = Scene(rawValue: word) else { throw ValidationError("there is no scene \(word)") }
            return scene
        }
        return Scene.allCases.filter(chosen.contains)
    }

    private static func words(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
