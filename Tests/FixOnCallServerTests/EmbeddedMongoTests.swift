import BSON
import EmbeddedMongo
import Foundation
import Mongo
import MongoTesting
import Testing

@Suite("The server's own database", .serialized)
struct EmbeddedMongoTests {
    /// A state folder that sees the same `mongod` as the other tests.
    private func withState(_ work: (EmbeddedMongo, String) async throws -> Void) async throws {
        let root = NSTemporaryDirectory() + "fixoncall-state-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: "\(root)/mongodb/bin", withIntermediateDirectories: true)
        let binary = try MongodBinary.find(root: FileManager.default.currentDirectoryPath + "/var")
        try FileManager.default.createSymbolicLink(
            atPath: "\(root)/mongodb/bin/mongod", withDestinationPath: binary.path)
        let database = EmbeddedMongo(root: root)
        do {
            try await work(database, root)
        } catch {
            _ = try? database.stop()
            throw error
        }
        _ = try database.stop()
        try FileManager.default.removeItem(atPath: root)
    }

    private func client(_ running: EmbeddedMongo.Running) throws -> MongoClient {
        try MongoClient(.init(uri: running.uri, database: EmbeddedMongo.database, workers: 1))
    }

    @Test("it starts as a replica set, is joined by whoever comes next, and the last to leave stops it; its data stays")
    func lifeOfTheDatabase() async throws {
        try await withState { database, _ in
            #expect(database.status() == nil)
            let first = try await database.start()
            #expect(first.startedHere)
            let membership = try database.join()
            let second = try await database.start()
            #expect(!second.startedHere && second.port == first.port)

            let writer = try client(first)
            try await writer.collection("things").insert(["_id": 1])
            await writer.shutdownGracefully()
            database.leave(membership)
            #expect(database.status() == nil)

            let again = try await database.start()
            #expect(again.startedHere)
            let reader = try client(again)
            #expect(try await reader.collection("things").count([:]) == 1)
            await reader.shutdownGracefully()
        }
    }

    @Test("started by hand, it stays when the last process leaves")
    func keptDatabase() async throws {
        try await withState { database, _ in
            _ = try await database.start()
            try database.keep()
            database.leave(try database.join())
            #expect(database.status() != nil)
            #expect(try database.stop())
            #expect(database.status() == nil)
        }
    }

    @Test("killed, it is started again for those who use it, on the same port")
    func killedDatabase() async throws {
        try await withState { database, root in
            let port = try await database.start().port
            let watch = Task { await database.watch(every: .milliseconds(20)) { _ in } }
            let text = try String(contentsOfFile: "\(root)/db/mongod.pid", encoding: .utf8)
            let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            kill(pid, SIGKILL)
            try await eventually("another one runs") {
                let now = try? String(contentsOfFile: "\(root)/db/mongod.pid", encoding: .utf8)
                return now != nil && now != text && database.status()?.port == port
            }
            watch.cancel()
            await watch.value
        }
    }

    @Test("its old port taken, it moves to another one with its data")
    func movedPort() async throws {
        try await withState { database, root in
            let first = try await database.start()
            try database.stop()
            // nil when another process was faster, which comes to the same.
            let other = LoopbackPort.hold(first.port)?.0
            defer { if let other { close(other) } }
            let moved = try await database.start()
            #expect(moved.port != first.port)
            let reader = try client(moved)
            _ = try await reader.run(["ping": 1])
            await reader.shutdownGracefully()
            _ = root
        }
    }

    @Test("it takes no zlib on the wire, and listens on loopback only")
    func safeArguments() {
        let arguments = MongodBinary.arguments(data: "/d", port: 1, cacheGigabytes: 1)
        let compressors = arguments.firstIndex(of: "--networkMessageCompressors").map { arguments[$0 + 1] }
        #expect(compressors == "snappy,zstd")
        #expect(arguments.firstIndex(of: "--bind_ip").map { arguments[$0 + 1] } == "127.0.0.1")
    }

    @Test("without a mongod the error says how to get one")
    func noBinary() {
        let missing = #expect(throws: MongodBinary.NotFound.self) {
            _ = try MongodBinary.find(environment: ["PATH": "/nowhere"], root: "/nowhere")
        }
        #expect(missing?.description.contains("make mongod") == true)
    }
}
