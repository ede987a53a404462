import BSON
import CMongoC

/// A command of the database, sent as it is.
struct Command: Operation {
    static let kind = "command"

    let command: Document
    var database: String?

    func run(on lease: MongoLease) throws(MongoError) -> Document {
        let name = command.keys.first?.lowercased() ?? ""
        return try lease.send(command, CMONGO_RAW, to: database, writing: !Self.readers.contains(name))
    }

    /// Commands which change nothing, so that a lost answer leaves nothing open. All others count as writes.
    private static let readers: Set<String> = [
        "ping", "hello", "ismaster", "buildinfo", "serverstatus", "dbstats", "collstats", "count", "distinct",
        "find", "explain", "getparameter", "listcollections", "listdatabases", "listindexes", "listcommands",
        "replsetgetconfig", "replsetgetstatus", "hostinfo", "connectionstatus", "currentop", "getmore", "validate",
    ]
}
