public import Foundation

/// Where a `mongod` was found, and how to get one when there is none.
public struct MongodBinary: Sendable {
    /// The absolute path of the executable.
    public let path: String

    /// Nothing runnable was found; the text names the three places and the command that mends it.
    public struct NotFound: Error, CustomStringConvertible {
        public let places: [String]

        public var description: String {
            "no mongod found (looked at \(places.joined(separator: ", "))). "
                + "Run `make mongod` to fetch one for development, or set MONGOD, or point MONGO_URI at a replica set."
        }
    }

    /// The first runnable of: the `MONGOD` variable, every folder of `PATH`, and the copy that `make` fetched below `root`
    /// (`var/mongodb/bin/mongod`).
    public static func find(
        environment: [String: String] = ProcessInfo.processInfo.environment, root: String
    ) throws(NotFound) -> MongodBinary {
        let named = environment["MONGOD"].map { [$0] } ?? []
        let onPath = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/mongod" }
        let fetched = "\(root)/mongodb/bin/mongod"
        for candidate in named + onPath + [fetched] where FileManager.default.isExecutableFile(atPath: candidate) {
            return MongodBinary(path: candidate)
        }
        throw NotFound(places: named + ["PATH", fetched])
    }

    /// How long a transaction may stay open. A server that is killed leaves its open ones behind, and whoever wants the
    /// same documents waits for them: a minute by MongoDB's default. Ours take milliseconds and have ten seconds with all
    /// their repetitions, each of which is a transaction of its own.
    public static let transactionSeconds = 5

    /// The arguments every `mongod` of ours runs with: loopback only, a replica set of one, and no zlib on the wire
    /// (6.0.5 predates the fix for CVE-2025-14847, which needs zlib compression).
    ///
    /// - Parameter alone: without the replica set, to mend it.
    public static func arguments(data: String, port: Int, cacheGigabytes: Double, alone: Bool = false) -> [String] {
        [
            "--dbpath", data, "--port", String(port), "--bind_ip", "127.0.0.1", "--nounixsocket",
            "--networkMessageCompressors", "snappy,zstd", "--wiredTigerCacheSizeGB", String(cacheGigabytes),
            "--setParameter", "transactionLifetimeLimitSeconds=\(transactionSeconds)",
        ] + (alone ? [] : ["--replSet", EmbeddedMongo.replicaSet])
    }
}
