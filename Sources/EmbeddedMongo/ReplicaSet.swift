import BSON
public import Mongo

/// Makes a lone `mongod` a replica set of one member, and waits until it takes writes.
public enum ReplicaSet {
    /// Initiates it when it is new, then waits for the member to become primary.
    ///
    /// - Parameters:
    ///   - client: a client that talks to the member directly (`directConnection=true`).
    ///   - host: the member's own `host:port`.
    /// - Throws: ``MongoError`` when the server answers with an error or is not primary by the deadline.
    public static func prepare(
        _ client: MongoClient, host: String, deadline: Deadline = .after(.seconds(30))
    ) async throws(MongoError) {
        do {
            try await client.run(["replSetGetConfig": 1], on: "admin", deadline: deadline)
        } catch  where error.serverCode == Self.notYetInitialized {
            // Two seconds: a lone member elects itself at once, and a restart should not cost ten.
            let config: Document = [
                "_id": .string(EmbeddedMongo.replicaSet), "members": [["_id": .int32(0), "host": .string(host)]],
                "settings": ["electionTimeoutMillis": .int32(2000)],
            ]
            do {
                try await client.run(["replSetInitiate": .document(config)], on: "admin", deadline: deadline)
            } catch  where error.serverCode == Self.alreadyInitialized {
                // Somebody else who found it new was quicker.
            }
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

    // In the server's table of error codes.
    private static let notYetInitialized = 94
    private static let alreadyInitialized = 23
}
