public import BSON
import Mongo

extension TestDatabase {
    /// Every command that the product gives the database meanwhile, as the database's own profiler notes it.
    ///
    /// For a database whose scans nobody watches for: both would note in one place.
    public func commands(during work: () async throws -> Void) async throws -> [Document] {
        // The usual megabyte would forget the first commands.
        try await client.run(["create": "system.profile", "capped": true, "size": 268_435_456])
        try await client.run(["profile": 2, "filter": ["appName": .string(Self.watched)]])
        try await work()
        try await client.run(["profile": 0])
        return try await client.collection("system.profile").find(
            [:], projection: ["command": 1, "originatingCommand": 1])
    }
}
