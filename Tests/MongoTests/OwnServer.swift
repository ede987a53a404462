import BSON
import Mongo
import MongoTesting
import Testing

/// A server of its own for a test that breaks it, with a client that nobody else uses.
struct OwnServer: Sendable {
    let process: TestServerProcess
    let client: MongoClient

    @TaskLocal fileprivate static var lent: OwnServer?

    /// The server lent to the test that runs.
    static var current: OwnServer {
        get throws { try #require(lent, "the test has no .server trait") }
    }

    /// Makes commands of the server fail, as its own tests do.
    func fail(_ commands: [String], times: Int, _ how: Document) async throws {
        var data: Document = ["failCommands": .array(commands.map { .string($0) })]
        data.append(contentsOf: how)
        try await client.run(
            ["configureFailPoint": "failCommand", "mode": ["times": .int32(Int32(times))], "data": .document(data)],
            on: "admin")
    }

    func heal() async throws {
        try await client.run(["configureFailPoint": "failCommand", "mode": "off"], on: "admin")
    }
}

/// Lends a test a server of its own, and ends that after it.
struct ServerTrait: TestTrait, TestScoping {
    let workers: Int

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let process = try await TestServerProcess.start()
        defer { process.stop() }
        let client = try MongoClient(.init(uri: process.uri, database: "faults", workers: workers))
        do {
            try await OwnServer.$lent.withValue(OwnServer(process: process, client: client), operation: function)
        } catch {
            await client.shutdownGracefully()
            throw error
        }
        await client.shutdownGracefully()
    }
}

extension Trait where Self == ServerTrait {
    static var server: Self { server() }

    static func server(workers: Int = 4) -> Self { Self(workers: workers) }
}
