import BSON
import EmbeddedMongo
import Foundation
import Mongo

/// A MongoDB of the run's own: a replica set of one with 1 GB of cache, forgotten with the run's folder.
final class Database {
    /// The product's database, for every target that reads the product's documents.
    static let name = "fix_on_call"
    /// The database of those who compare themselves with us.
    static let peersName = "peers"
    static let cacheGigabytes = 1.0

    let child: Child
    let uri: String
    let version: String

    init(in workplace: Workplace, core: String?) throws {
        let binary = try MongodBinary.find(root: "var")
        guard let port = LoopbackPort.free() else { throw Workplace.Failure(description: "no free port") }
        let data = workplace.file("db")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        child = try Child(
            .init(
                command: [binary.path]
                    + MongodBinary.arguments(data: data, port: port, cacheGigabytes: Self.cacheGigabytes),
                core: core, log: workplace.file("mongod.log")))
        let host = "127.0.0.1:\(port)"
        uri = "mongodb://\(host)/?replicaSet=\(EmbeddedMongo.replicaSet)"
        version = try waiting {
            let client = try MongoClient(
                .init(
                    uri: "mongodb://\(host)/?directConnection=true&serverSelectionTimeoutMS=30000", database: "admin",
                    workers: 1, appName: "bench"))
            defer { client.shutdown() }
            try await ReplicaSet.prepare(client, host: host)
            return try await client.run(["buildInfo": 1], on: "admin").get("version") ?? "unknown"
        }
    }

    /// Waits until it has done and written down what came before, for ten seconds at most.
    func calm() {
        let meter = ProcessMeter(pid: child.pid)
        for _ in 0..<50 {
            let before = meter.microseconds
            usleep(200_000)
            if meter.microseconds - before < 10_000 { return }
        }
    }

    /// Work with a client of its own, which may take minutes.
    func use<Result: Sendable>(
        _ database: String = Database.name, _ work: @escaping @Sendable (MongoClient) async throws -> Result
    ) throws -> Result {
        let uri = uri
        return try waiting {
            let client = try MongoClient(
                .init(uri: "\(uri)&socketTimeoutMS=300000", database: database, workers: 2, appName: "bench"))
            defer { client.shutdown() }
            return try await Deadline.$scoped.withValue(.after(.seconds(300))) { try await work(client) }
        }
    }
}
