import BSON
public import Mongo

/// Whether a database can carry the product: MongoDB 6 or later, as a replica set (decisions 3 and 29).
public enum DatabaseCheck {
    /// Why it cannot, and the command that mends it.
    public struct Refusal: Error, CustomStringConvertible {
        public let description: String
    }

    /// What was found.
    public struct Report: Sendable {
        public let version: String
        public let replicaSet: String
    }

    /// - Throws: ``Refusal`` for a standalone or too old server, `MongoError` when it cannot be asked.
    public static func run(_ client: MongoClient, deadline: Deadline = .after(.seconds(10))) async throws -> Report {
        let hello = try await client.run(["hello": 1], on: "admin", deadline: deadline)
        let build = try await client.run(["buildInfo": 1], on: "admin", deadline: deadline)
        let version = build.get("version", as: String.self) ?? "0"
        guard let major = Int(version.prefix { $0 != "." }), major >= 6 else {
            throw Refusal(
                description:
                    "MongoDB \(version) is too old: 6.0 or later is needed. Unset MONGO_URI to use the server's own.")
        }
        guard let set = hello.get("setName", as: String.self) else {
            throw Refusal(
                description: """
                    this MongoDB is a standalone server, but transactions and change streams need a replica set. \
                    Start mongod with --replSet rs0 and run once: mongosh --eval 'rs.initiate()'
                    """)
        }
        return Report(version: version, replicaSet: set)
    }
}
