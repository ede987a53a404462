import ArgumentParser
import BSON
import EmbeddedMongo
import FixOnCallServer
import Foundation
import Simulation

/// `fixoncall simulate`: a city lives against the real server, and its figures are printed and drawn.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Let a city of thousands live against the real server in a shortened time; print and draw its figures.",
        discussion: """
            Providers and customers use real HTTP and real sockets. Who wants what, where and when follows from the seed; \
            who gets there first does not, for that is a matter of threads: two runs differ a little. All times are of the \
            city, which lives --factor times faster than the clock on the wall.

            Without --url it starts a server of its own with an empty database, and removes both. With --url the running \
            server must have been started with the same factor: fixoncall serve --set simulation.factor=60; its own \
            providers are asked as well and never answer.

            --matching both lives the same city twice, each time on an empty database: once each job takes the nearest \
            provider, once jobs are assigned together. Demand is then what the providers can just do, and they come on duty \
            one by one, for only where jobs wait for providers is there anything to choose.
            """)

    enum Matching: String, ExpressibleByArgument, CaseIterable { case nearest, assignment, both }

    @OptionGroup var options: SettingsOptions

    @Option(help: "Providers on duty.") var providers = 2000
    @Option(help: "People who may call for help.") var customers = 1000
    @Option(help: "Calls an hour of the city (default: half a call for each provider, what they can do for both).")
    var requestsPerHour: Double?
    @Option(help: "Minutes of the city in which people call.") var minutes = 60.0
    @Option(
        name: .customLong("factor"),
        help: "How many times faster than the wall clock the city lives, 1 to 1000 (default: 60, 20 for both).")
    var givenFactor: Double?
    @Option(help: "The number that everything planned follows from.") var seed: UInt64 = 254
    @Option(
        help: "How jobs are offered: broadcast, cascade or auto (default: broadcast, auto for a matching).",
        transform: Simulate.mode)
    var mode: SimulationOptions.Mode?
    @Option(help: "Who is asked: nearest, assignment or both (default: as the server is set).") var matching: Matching?
    @Option(help: "Draw the figures into this SVG file.") var plot: String?
    @Option(help: "Write the figures into this JSON file.") var json: String?
    @Option(help: "Drive this running server instead of one of its own.") var url: String?

    func validate() throws {
        guard (1...200_000).contains(providers) else { throw ValidationError("--providers must be from 1 to 200000") }
        guard (0...200_000).contains(customers) else { throw ValidationError("--customers must be from 0 to 200000") }
        guard (1...1000).contains(factor) else { throw ValidationError("--factor must be from 1 to 1000") }
        guard minutes > 0, minutes <= 1440 else {
            throw ValidationError("--minutes must be above 0 and at most 1440")
        }
        guard requestsPerHour.map({ $0 >= 0 && $0 <= 1e6 }) ?? true else {
            throw ValidationError("--requests-per-hour must be from 0 to 1000000")
        }
        if url != nil, matching != nil {
            throw ValidationError("--matching is a setting of the server that --url names")
        }
    }

    func run() async throws {
        let loaded = try await options.load()
        allowManyFiles()
        var runs: [(name: String, figures: Figures)] = []
        do {
            if let url {
                let (host, port) = try Self.address(url)
                Terminal.say("\(plan), at \(url)")
                runs = [("city", try await live(host: host, port: port))]
            } else {
                for name in matchings {
                    Terminal.say("\(plan)\(name.isEmpty ? "" : ", matching \(name)")")
                    runs.append((name.isEmpty ? city.mode.rawValue : name, try await liveAlone(loaded, matching: name)))
                }
            }
        } catch let failure as CitySimulation.Failure {
            throw Terminal.failure(failure.description)
        }
        Terminal.say("")
        for line in FigureTable(runs).lines { Terminal.say(line) }
        try write(runs)
    }

    /// The city that is wished for, with what follows from the other wishes.
    private var city: SimulationOptions {
        var city = SimulationOptions()
        city.providers = providers
        city.customers = customers
        city.requestsPerHour = requestsPerHour ?? (matching == .both ? city.capacity : Double(providers) / 2)
        city.minutes = minutes
        city.factor = factor
        city.seed = seed
        city.mode = mode ?? (matching == nil ? .broadcast : .auto)
        city.shiftMinutes = matching == .both ? 40 : 0
        return city
    }

    /// Where everybody works all the time, a small machine needs more time for all of them.
    private var factor: Double { givenFactor ?? (matching == .both ? 20 : 60) }

    private var matchings: [String] {
        switch matching {
        case nil: [""]
        case .both: [Matching.nearest.rawValue, Matching.assignment.rawValue]
        case let matching?: [matching.rawValue]
        }
    }

    private var plan: String {
        "\(providers) providers, \(Int(city.requestsPerHour)) calls an hour for \(Int(city.minutes)) minutes, "
            + "\(city.mode.rawValue), seed \(seed), a minute in \(String(format: "%.1f", 60 / factor)) s"
    }
}

// Running.
extension Simulate {
    private func liveAlone(_ loaded: LoadedSettings, matching: String) async throws -> Figures {
        var wanted = [("dispatch.mode", city.mode.rawValue)]
        if !matching.isEmpty { wanted.append(("dispatch.matching", matching)) }
        let known = Set(loaded.origins.map(\.key))
        for (key, value) in wanted where !known.contains(key) && value != "broadcast" && value != "nearest" {
            throw Terminal.failure("this version of the server has no setting \(key)")
        }
        let given = options.overrides.compactMap { override -> (String, String)? in
            let parts = override.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
        let settings =
            [
                ("simulation.factor", "\(factor)"), ("accounts.bcryptCost", "4"), ("accounts.accessMinutes", "1440"),
                ("docs.enabled", "false"), ("log.level", "warning"),
            ] + wanted.filter { known.contains($0.0) } + given
        let server = try await OwnServer.start(
            program: "/proc/self/exe".resolved, directory: options.directory.resolved,
            mongod: try mongod(loaded.settings), settings: settings)
        defer { server.stop() }
        return try await live(host: "127.0.0.1", port: server.port)
    }

    private func live(host: String, port: Int) async throws -> Figures {
        let bar = CityProgress()
        defer { bar.end() }
        return try await CitySimulation(city, host: host, port: port).run { bar.show($0) }
    }

    private func mongod(_ settings: Settings) throws -> String {
        do {
            return try MongodBinary.find(root: settings.state.directory).path
        } catch {
            throw Terminal.failure(error.description)
        }
    }

    private func write(_ runs: [(name: String, figures: Figures)]) throws {
        let title = "Fix On Call: \(plan)"
        var outcome: JSON = ["plan": .string(plan), "seed": .string("\(seed)"), "factor": .double(factor)]
        for run in runs { outcome.add(run.name, run.figures.json) }
        do {
            if let plot {
                try Data(CityPlot(title: title, runs: runs).svg.utf8).write(to: URL(fileURLWithPath: plot))
                Terminal.say("\nDrawn into \(plot)")
            }
            if let json { try Data(outcome.bytes()).write(to: URL(fileURLWithPath: json)) }
        } catch {
            throw Terminal.failure("cannot write the figures: \(error.localizedDescription)")
        }
    }

    private static func address(_ url: String) throws -> (host: String, port: Int) {
        guard let parts = URLComponents(string: url), parts.scheme == "http", let host = parts.host else {
            throw Terminal.failure("--url must be like http://127.0.0.1:5000, not \(url)")
        }
        return (host, parts.port ?? 80)
    }

    private static func mode(_ word: String) throws -> SimulationOptions.Mode {
        guard let mode = SimulationOptions.Mode(rawValue: word) else {
            let known = SimulationOptions.Mode.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--mode must be one of \(known)")
        }
        return mode
    }

    /// A socket is a file, and every provider has two; the server, a child, inherits the limit.
    private func allowManyFiles() {
        var limit = rlimit()
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(kind, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(kind, &limit)
        let needed = 2 * providers + 1000
        if limit.rlim_max < UInt(needed) {
            Terminal.warn("only \(limit.rlim_max) open files are allowed, and \(needed) may be needed: ulimit -n")
        }
    }
}

extension String {
    /// An absolute path without links.
    fileprivate var resolved: String { URL(fileURLWithPath: self).resolvingSymlinksInPath().path }
}
