import EmbeddedMongo
import Foundation
import Mongo

/// A `mongod` that lives no longer than the process that started it, for tests that kill or freeze it as well.
public final class TestServerProcess: Sendable {
    public let port: Int
    public let uri: String
    private let directory: String
    private let lifeline: Lifeline

    /// The one server that all suites of a process share.
    public static func shared() async throws -> TestServerProcess {
        try await sharedStart.value
    }

    private static let sharedStart = Task { try await TestServerProcess.start() }

    /// Starts a server of its own and waits until it takes writes.
    public static func start() async throws -> TestServerProcess {
        guard let port = LoopbackPort.free() else { throw CocoaError(.fileWriteUnknown) }
        let server = try TestServerProcess(port: port)
        try await server.prepare()
        return server
    }

    private init(port: Int) throws {
        // Memory-backed where there is such a place: `j: true` then costs no disk.
        let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        self.port = port
        self.uri = "mongodb://127.0.0.1:\(port)/?replicaSet=\(EmbeddedMongo.replicaSet)"
        self.directory = "\(base)/fixoncall-test-\(getpid())-\(port)"
        self.lifeline = try Lifeline(directory: directory, port: port)
    }

    private func prepare() async throws {
        let client = try MongoClient(
            .init(
                uri: "mongodb://127.0.0.1:\(port)/?directConnection=true&serverSelectionTimeoutMS=30000",
                database: "admin", workers: 1,
                appName: "fixoncall-tests"))
        let prepared: Result<Void, MongoError>
        do throws(MongoError) {
            prepared = .success(try await ReplicaSet.prepare(client, host: "127.0.0.1:\(port)"))
        } catch {
            prepared = .failure(error)
        }
        await client.shutdownGracefully()
        try prepared.get()
    }

    /// Sends the server a signal: `SIGKILL`, `SIGSTOP`, `SIGCONT`.
    public func signal(_ number: Int32) {
        lifeline.signal(number)
    }

    /// Starts the server again on the same data and port after it was killed.
    public func restart() async throws {
        try lifeline.launch()
        try await prepare()
    }

    /// Ends the server and removes its data.
    public func stop() {
        lifeline.end()
    }
}
