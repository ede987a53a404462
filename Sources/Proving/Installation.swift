import Foundation

/// What the servers of one run have in common: a database, a folder and secrets of their own.
public struct Installation: Sendable {
    /// Of the replica set.
    public let uri: String
    /// The name of the database.
    public let database: String
    /// For the servers' state and logs.
    public let folder: String
    /// The reference data that the servers install.
    public let reference: String

    public init(uri: String, database: String, folder: String, reference: String) {
        self.uri = uri
        self.database = database
        self.folder = folder
        self.reference = reference
    }

    /// Lets one registration become the first admin.
    public static let bootstrap = "proving-ground-bootstrap-token"

    /// The environment of its servers, without a port: every secret is known, passwords are cheap, tokens
    /// outlast the run, and nobody asks too often.
    public var variables: [String: String] {
        [
            "FIXONCALL_ENV": "test", "ADMIN_PORT": "0", "MONGO_URI": uri, "MONGO_DATABASE": database,
            "FIXONCALL_STATE": folder,
            "STATE_REFERENCE": reference, "LOG_LEVEL": "error", "ACCOUNTS_BCRYPT_COST": "4",
            "ACCOUNTS_ACCESS_MINUTES": "240", "LIMITS_READS_PER_MINUTE": "0", "LIMITS_WRITES_PER_MINUTE": "0",
            "LIMITS_SEARCHES_PER_ACCOUNT": "0",
            "LIMITS_IN_FLIGHT": "1000000", "BOOTSTRAP_ADMIN_TOKEN": Self.bootstrap,
            "JWT_SECRET_KEY": "for proving grounds only, thirty-two characters",
            "SECRET_KEY": "for proving grounds only, a pepper of its own...",
            "ENCRYPTION_KEY": "for proving grounds only, the sealing of codes",
        ]
    }

    /// The program `fixoncall` beside the running program in the build folder.
    ///
    /// - Throws: ``KillableServer/Failure`` when it is not built.
    public static func program() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("fixoncall").path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw KillableServer.Failure(description: "\(program) is not built; build the product fixoncall first")
        }
        return program
    }
}
