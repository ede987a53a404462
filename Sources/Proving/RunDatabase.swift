import EmbeddedMongo
import Foundation

/// The MongoDB of a run: somebody's, or one that is forgotten with the run's folder.
public struct RunDatabase: Sendable {
    /// The connection string of a replica set.
    public let uri: String
    private let own: EmbeddedMongo?

    /// - Parameter uri: of somebody's replica set; nil starts one.
    /// - Throws: when there is no `mongod`, or it does not start.
    public static func open(_ uri: String?, in workplace: Workplace) async throws -> RunDatabase {
        // Found as by the server; a folder of its own has no copy.
        let binary = Result { try MongodBinary.find(root: "var") }
        if case .success(let binary) = binary {
            setenv("MONGOD", URL(fileURLWithPath: binary.path).standardizedFileURL.path, 1)
        }
        if let uri { return RunDatabase(uri: uri, own: nil) }
        _ = try binary.get()
        let mongo = EmbeddedMongo(root: workplace.path)
        let running = try await mongo.start()
        return RunDatabase(uri: running.uri, own: mongo)
    }

    /// Stops it, if it is the run's own.
    public func stop() {
        _ = try? own?.stop()
    }
}
