import BSON
public import Mongo

/// The product read a whole collection where an index should have served it.
public struct CollectionScanned: Error, CustomStringConvertible {
    public let description: String
}

extension TestDatabase {
    /// Lets the database itself note, from now on, every query of the product that scans a collection.
    ///
    /// What a test asks through its own client is its own business.
    public func watchForScans() async throws(MongoError) {
        let scan: Document = [
            "planSummary": "COLLSCAN", "appName": .string(Self.watched),
            // A change stream reads the oplog, which is no collection of ours and has no index.
            "command.pipeline.0.$changeStream": ["$exists": false],
            // A dozen documents, read once at each start; and what is read at its end, in the order of insertion.
            "ns": ["$nin": [.string("\(name).migrations"), .string("\(name).live_positions")]],
            "originatingCommand.pipeline.0.$changeStream": ["$exists": false],
        ]
        _ = try await client.run(["profile": 1, "slowms": 1_000_000, "filter": .document(scan)])
    }

    /// - Throws: ``CollectionScanned`` with the commands, when there were any.
    public func expectNoScans() async throws {
        _ = try await client.run(["profile": 0])
        let scans = try await client.collection("system.profile").find(
            [:], projection: ["ns": 1, "op": 1, "command": 1, "docsExamined": 1])
        guard !scans.isEmpty else { return }
        let commands = Set(scans.map(\.debugDescription))
        throw CollectionScanned(
            description: "\(scans.count) queries scanned a collection:\n\(commands.joined(separator: "\n"))")
    }

    /// The name under which the server's own client is known to the database.
    static let watched = "fixoncall"
}
