import BSON
import Foundation
import Mongo
import Proving

/// One run: two servers on one database, a cast of hundreds, a supervisor who kills; then the verdict.
public struct RaceRun: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    let options: RaceOptions
    let uri: String
    let database: String

    /// - Parameters:
    ///   - uri: of a replica set; the run does not end or restart it.
    ///   - database: an empty one.
    public init(_ options: RaceOptions, uri: String, database: String) {
        self.options = options
        self.uri = uri
        self.database = database
    }

    /// Plays the whole plan and judges what came of it.
    ///
    /// - Throws: when the world could not be set up; violations are in the report.
    public func run() async throws -> RaceReport {
        let clock = ContinuousClock()
        let start = clock.now
        let client = try MongoClient(
            .init(uri: uri, database: database, workers: 4, appName: "race-check"))
        let servers = try makeServers()
        do {
            let report = try await play(servers, client)
            for server in servers { server.stop() }
            await client.shutdownGracefully()
            return report.lasting(start.duration(to: clock.now))
        } catch {
            for server in servers { server.stop() }
            await client.shutdownGracefully()
            throw error
        }
    }

    private func play(_ servers: [KillableServer], _ client: MongoClient) async throws -> RaceReport {
        options.progress("starting two servers")
        // One after the other: the first one migrates.
        for server in servers { try await server.start() }
        try await mutate(client)
        let recorder = Recorder()
        let ports = servers.map(\.port)
        options.progress("registering \(options.areas * options.contenders) providers and their customers")
        let cast = try await Cast.gather(options, ports: ports, recorder: recorder)
        let honoursKeys = await KeyProbe(customer: cast.customers[0][0], admin: cast.admin).honoursKeys()

        let (progress, board) = (Progress(), AlertBoard())
        let plan = RacePlan(seed: options.seed, contenders: options.contenders)
        let supervisor = Supervisor(
            servers: servers, kills: plan.kills(options.kills, among: options.jobs), progress: progress,
            recorder: recorder)
        let (kills, starts) = await supervising(supervisor) {
            await withTaskGroup { group in
                let listeners =
                    cast.providers.joined().map { ($0, SocketRecord.Route.alerts) }
                    + cast.customers.joined().map { ($0, SocketRecord.Route.bookings) }
                for (person, route) in listeners {
                    let listener = Listener(
                        person: person, route: route, ports: ports, recorder: recorder, board: board)
                    group.addTask { await listener.run() }
                }
                group.addTask { await Patrol(client: client, recorder: recorder).run() }
                group.addTask { await report(progress) }
                await playAll(plan, cast, board, progress, honoursKeys: honoursKeys)
                options.progress("waiting until the last timers have fired")
                await Quiet(client: client).wait()
                group.cancelAll()
            }
        }
        let final = try await FinalState.read(client)
        let history = recorder.history(final: final, honoursKeys: honoursKeys)
        options.progress("judging \(history.commands.count) requests")
        return RaceReport(options: options, history: history, kills: kills, starts: starts)
    }

    /// Runs the supervisor beside the work, and ends it with the work.
    private func supervising(
        _ supervisor: Supervisor, _ work: @escaping @Sendable () async -> Void
    ) async -> (kills: Int, starts: Int) {
        let shift = Task { await supervisor.run() }
        await work()
        shift.cancel()
        return await shift.value
    }

    private func playAll(
        _ plan: RacePlan, _ cast: Cast, _ board: AlertBoard, _ progress: Progress, honoursKeys: Bool
    ) async {
        await withDiscardingTaskGroup { group in
            for number in 0..<options.lanes {
                let lane = Lane(
                    number: number, plan: plan, cast: cast, board: board, progress: progress, honoursKeys: honoursKeys)
                let jobs = Array(stride(from: number, to: options.jobs, by: options.lanes))
                group.addTask { await lane.play(jobs) }
            }
        }
    }

    private func report(_ progress: Progress) async {
        var told = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            let tenth = progress.count * 10 / max(options.jobs, 1)
            if tenth > told { options.progress("\(progress.count) of \(options.jobs) jobs played") }
            told = max(told, tenth)
        }
    }

    private func mutate(_ client: MongoClient) async throws {
        guard let index = options.mutation?.index else { return }
        _ = try await client.run(["dropIndexes": .string(index.collection), "index": .string(index.name)])
    }
}

extension RaceRun {
    private func makeServers() throws -> [KillableServer] {
        try FileManager.default.createDirectory(atPath: options.folder, withIntermediateDirectories: true)
        return try (0..<2).map { number in
            try KillableServer(
                program: options.program, port: options.ports.indices.contains(number) ? options.ports[number] : nil,
                variables: variables, log: "\(options.folder)/server-\(number).log")
        }
    }

    /// Windows as short as they can be.
    private var variables: [String: String] {
        let installation = Installation(
            uri: uri, database: database, folder: options.folder, reference: options.reference)
        return installation.variables.merging([
            "DISPATCH_SEARCH_SECONDS": "6", "DISPATCH_STAGGER_SECONDS": "0", "DISPATCH_PICK_SECONDS": "5",
            "DISPATCH_RING_SECONDS": "2", "BOOKINGS_LEAD_MINUTES": "0", "MUTATE": options.mutation?.serverWords ?? "",
        ]) { $1 }
    }
}
