import BSON
import FixOnCallClient
import Foundation
import Mongo
import Proving
import RoadsideRules
import Synchronization

/// The place where one scenario is played; everything it has raised ends with it.
final class Stage: Sendable {
    let options: FaultOptions
    private let number: String
    private let worlds = Mutex<[World]>([])
    private let crowds = Mutex<[Crowd]>([])

    init(_ options: FaultOptions, _ number: String) {
        (self.options, self.number) = (options, number)
    }

    /// Chance of its own for each scenario.
    var dice: SplitMix64 { SplitMix64(seed: options.seed, stream: "fault \(number)") }

    func say(_ line: String) { options.progress("\(number): \(line)") }

    /// Starts servers on a database of their own.
    ///
    /// - Parameters:
    ///   - variables: settings of all of them, as environment variables.
    ///   - particular: further ones of the server at this place.
    ///   - uri: of another replica set than the run's.
    func world(
        servers: Int = 1, _ variables: [String: String] = [:], particular: [Int: [String: String]] = [:],
        uri: String? = nil
    ) async throws -> World {
        let installation = Installation(
            uri: uri ?? options.uri, database: "fault_\(number)_\(getpid())", folder: "\(options.folder)/\(number)",
            reference: options.reference)
        try FileManager.default.createDirectory(atPath: installation.folder, withIntermediateDirectories: true)
        let raised = try (0..<servers).map { place in
            try KillableServer(
                program: options.program,
                variables: installation.variables.merging(variables) { $1 }.merging(particular[place] ?? [:]) { $1 },
                log: "\(installation.folder)/server-\(place).log")
        }
        let client = try MongoClient(
            .init(uri: installation.uri, database: installation.database, workers: 2, appName: "faults"))
        let world = World(servers: raised, client: client)
        worlds.withLock { $0.append(world) }
        // One after the other: the first one migrates.
        for server in raised { try await server.start() }
        try await world.open()
        return world
    }

    func crowd() -> Crowd {
        let crowd = Crowd()
        crowds.withLock { $0.append(crowd) }
        return crowd
    }

    /// Ends everybody and everything.
    func clear() async {
        for crowd in crowds.withLock({ $0 }) { await crowd.dismiss() }
        for world in worlds.withLock({ $0 }) { await world.close() }
    }
}
