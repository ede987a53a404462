import BSON
import EmbeddedMongo
import Foundation
public import Mongo

/// A fresh, empty database on the one `mongod` that a test process shares.
public struct TestDatabase: Sendable {
    public let client: MongoClient
    public let uri: String
    public let name: String

    /// A client on a new database name.
    ///
    /// - Parameter workers: the client's worker threads; small by default because suites run side by side.
    public static func fresh(workers: Int = 4) async throws -> TestDatabase {
        try fresh(on: try await TestServerProcess.shared(), workers: workers)
    }

    /// The same on another `mongod`, for tests that break it.
    public static func fresh(on server: TestServerProcess, workers: Int = 4) throws -> TestDatabase {
        let name = "t_\(ObjectID().hex)"
        let client = try MongoClient(
            .init(uri: server.uri, database: name, workers: workers, appName: "fixoncall-tests"))
        return TestDatabase(client: client, uri: server.uri, name: name)
    }

    /// Drops the database and ends the client.
    public func drop() async {
        _ = try? await client.run(["dropDatabase": 1])
        // Ending a client waits for its monitors, up to half a second: not on one of the few threads that run tests.
        Thread.detachNewThread { [client] in client.shutdown() }
    }
}
