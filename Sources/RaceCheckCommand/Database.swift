import EmbeddedMongo
import Foundation

/// The MongoDB of a run: somebody's, or one that is forgotten with the run's folder.
struct Database {
    let uri: String
    let own: EmbeddedMongo?

    /// - Parameter uri: of somebody's replica set; nil starts one.
    static func open(_ uri: String?, in workplace: Workplace) async throws -> Database {
        if let uri { return Database(uri: uri, own: nil) }
        // Found as by the server; a folder of its own has no copy.
        let binary = try MongodBinary.find(root: "var")
        setenv("MONGOD", URL(fileURLWithPath: binary.path).standardizedFileURL.path, 1)
        let mongo = EmbeddedMongo(root: workplace.path)
        let running = try await mongo.start()
        return Database(uri: running.uri, own: mongo)
    }

    func stop() {
        _ = try? own?.stop()
    }
}
