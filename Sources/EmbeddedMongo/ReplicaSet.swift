import BSON
public import Mongo

/// Makes a lone `mongod` a replica set of one member, and waits until it takes writes.
public enum ReplicaSet {
    /// Initiates, or renames the member when the port has changed, then waits for the member to become primary.
    ///
    /// - Parameters:
    ///   - client: a client that talks to the member directly (`directConnection=true`).
    ///   - host: the member's own `host:port`.
    /// - Throws: ``MongoError`` when the server answers with an error or is not primary by the deadline.
    public static func prepare(_ client: MongoClient, host: String, deadline: Deadline = .after(.seconds(30)))
        async throws(MongoError)
    {
        let name = EmbeddedMongo.replicaSet
        let members: BSONValue = [["_id": .int32(0), "host": .string(host)]]
        do {
            let current = try await client.run(["replSetGetConfig": 1], on: "admin", deadline: deadline)
            if let config = current.get("config", as: Document.self), !Self.names(host, in: config) {
                let version = config.get("version", as: Int64.self) ?? 1
                _ = try await client.run(
                    [
                        "replSetReconfig": ["_id": .string(name), "version": .int64(version + 1), "members": members],
                        "force": true,
                    ], on: "admin", deadline: deadline)
            }
        } catch  where error.serverCode == Self.notYetInitialized {
            // Two seconds: a lone member elects itself at once, and a restart should not cost ten.
            let settings: Document = ["electionTimeoutMillis": .int32(2000)]
            _ = try await client.run(
                ["replSetInitiate": ["_id": .string(name), "members": members, "settings": .document(settings)]],
                on: "admin", deadline: deadline)
        }
        try await awaitPrimary(client, deadline: deadline)
    }

    /// Long-polls `hello` (it answers when the topology changes) until the member takes writes.
    private static func awaitPrimary(_ client: MongoClient, deadline: Deadline) async throws(MongoError) {
        var command: Document = ["hello": 1]
        while true {
            let answer = try await client.run(command, on: "admin", deadline: deadline)
            if answer.get("isWritablePrimary", as: Bool.self) == true { return }
            command = ["hello": 1]
            if let version = answer["topologyVersion"] {
                command.append("topologyVersion", version)
                command.append("maxAwaitTimeMS", .int64(500))
            }
        }
    }

    private static func names(_ host: String, in config: Document) -> Bool {
        let members = config.get("members", as: [Document].self) ?? []
        return members.contains { $0.get("host", as: String.self) == host }
    }

    /// `NotYetInitialized` in the server's table of error codes.
    private static let notYetInitialized = 94
}
