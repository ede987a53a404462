import BSON
import Mongo
import MongoTesting
import Testing

/// A client whose only worker stands at a gate.
struct BusyWorker: Sendable {
    let client: MongoClient
    let gate: Gate

    @TaskLocal fileprivate static var lent: BusyWorker?

    /// Client and gate lent to the test that runs.
    static var current: (MongoClient, Gate) {
        get throws {
            let lent = try #require(lent, "the test has no .busyWorker trait")
            return (lent.client, lent.gate)
        }
    }
}

/// Lends a test a busy worker, and opens its gate after it.
struct BusyWorkerTrait: TestTrait, TestScoping {
    let queueLimit: Int

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let database = try await TestDatabase.fresh(workers: 1)
        try await database.client.run(["create": "things"])
        let client = try MongoClient(
            .init(uri: database.uri, database: database.name, workers: 1, queueLimit: queueLimit))
        let gate = Gate()
        async let busy: Void? = try? client.withLease(deadline: .after(.seconds(600))) { _ throws(MongoError) in
            gate.pass()
        }
        await gate.reached()
        let result = await Result(catching: function, at: BusyWorker(client: client, gate: gate))
        gate.open()
        await busy
        await client.shutdownGracefully()
        await database.drop()
        try result.get()
    }
}

extension Trait where Self == BusyWorkerTrait {
    static var busyWorker: Self { busyWorker() }

    static func busyWorker(queueLimit: Int = 100) -> Self { Self(queueLimit: queueLimit) }
}

extension Result where Success == Void, Failure == any Error {
    fileprivate init(catching function: @Sendable () async throws -> Void, at worker: BusyWorker) async {
        do {
            self = .success(try await BusyWorker.$lent.withValue(worker, operation: function))
        } catch {
            self = .failure(error)
        }
    }
}
