import BSON
import EmbeddedMongo
import Foundation
public import Mongo
import Synchronization

/// A database of its own on the one `mongod` that a test process shares.
public struct TestDatabase: Sendable {
    public let client: MongoClient
    public let uri: String
    public let name: String
    /// Where a server on this database may keep its files; nobody else has the path, though the name may have been used.
    public let folder = NSTemporaryDirectory() + "fixoncall-\(ObjectID())"
    private let isReused: Bool

    private init(uri: String, name: String, workers: Int, isReused: Bool) throws {
        client = try MongoClient(.init(uri: uri, database: name, workers: workers, appName: "fixoncall-tests"))
        self.uri = uri
        self.name = name
        self.isReused = isReused
    }

    /// A new one without collections.
    ///
    /// - Parameter workers: the client's worker threads; small by default because suites run side by side.
    public static func fresh(workers: Int = 4) async throws -> TestDatabase {
        try fresh(on: try await TestServerProcess.shared(), workers: workers)
    }

    /// The same on another `mongod`, for tests that break it.
    public static func fresh(on server: TestServerProcess, workers: Int = 4) throws -> TestDatabase {
        try TestDatabase(uri: server.uri, name: "t_\(ObjectID().hex)", workers: workers, isReused: false)
    }

    /// One without documents, but perhaps with the collections and indexes of a test before, and what is noted of the
    /// migrations that made them.
    ///
    /// To make the product's two hundred indexes costs the server a second of its time, to empty their collections a
    /// few milliseconds. For tests that take the shape as the migrations leave it; who changes it takes a fresh one.
    public static func migrated(workers: Int = 4) async throws -> TestDatabase {
        let server = try await TestServerProcess.shared()
        let used = Self.used.withLock { $0.popLast() }
        let database = try TestDatabase(
            uri: server.uri, name: used ?? "t_\(ObjectID().hex)", workers: workers, isReused: true)
        if used != nil { try await database.empty() }
        return database
    }

    /// Databases that tests have left.
    private static let used = Mutex<[String]>([])

    /// Drops the database, or leaves it to the next test, and ends the client.
    public func drop() async {
        if !isReused { _ = try? await client.run(["dropDatabase": 1]) }
        // Ending a client waits for its monitors, up to half a second: not on one of the few threads that run tests.
        Thread.detachNewThread { [client, name, isReused] in
            client.shutdown()
            if isReused { Self.used.withLock { $0.append(name) } }
        }
    }

    private func empty() async throws {
        try await client.run(["profile": 0])
        let answer = try await client.run(["listCollections": 1, "cursor": ["batchSize": 1000]])
        let collections: [Document] = answer.get("cursor", as: Document.self)?.get("firstBatch") ?? []
        for collection in collections {
            guard let name: String = collection.get("name"), name != "migrations" else { continue }
            let options: Document = collection.get("options") ?? [:]
            if options.get("capped") == true {
                // Nothing can be deleted from it, and a server that follows it needs a first document.
                try await client.run(["drop": .string(name)])
                guard !name.hasPrefix("system.") else { continue }
                var create: Document = ["create": .string(name)]
                create.append(contentsOf: options)
                try await client.run(create)
                try await client.collection(name).insert(["_id": .id(ObjectID())])
            } else {
                try await client.run(["delete": .string(name), "deletes": [["q": [:], "limit": 0]]])
            }
        }
    }
}
