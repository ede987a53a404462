import BSON
import Foundation
import Importing
import Mongo
import MongoTesting
import RoadsideTesting
import Synchronization

/// One import into the database of a server, and the rows it told of.
struct Importer {
    let server: TestServer

    static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Seeds/imports")

    /// The password of everybody in the samples.
    static let password = "Jacaranda-2019"

    func sample(
        _ system: OldSystem, _ options: ImportOptions = ImportOptions()
    ) async throws -> (report: ImportReport, rejected: [RejectedRow]) {
        try await run(system, Self.samples.appendingPathComponent(system.rawValue).path, options)
    }

    func run(
        _ system: OldSystem, _ folder: String, _ options: ImportOptions = ImportOptions()
    ) async throws -> (report: ImportReport, rejected: [RejectedRow]) {
        let rows = Mutex<[RejectedRow]>([])
        let plan = Import(from: system, into: server.roadside, options) { _ in
        } rejected: { row in
            rows.withLock { $0.append(row) }
        }
        let report = try await plan.run(.folder(folder))
        return (report, rows.withLock { $0 })
    }

    func count(_ collection: String, _ filter: Document = [:]) async throws -> Int {
        try await server.database.client.collection(collection).count(filter)
    }

    func find(_ collection: String, _ filter: Document) async throws -> Document? {
        try await server.database.client.collection(collection).findOne(filter)
    }

    /// How many documents there are of everything that an import writes.
    func counts() async throws -> [Int] {
        [
            try await count("users"), try await count("mechanics"), try await count("services"),
            try await count("reviews"),
        ]
    }
}

/// A folder of a test, with files of its own.
struct ExportFolder {
    let path = NSTemporaryDirectory() + "fixoncall-import-\(ObjectID().hex)"

    init(_ files: [String: String] = [:]) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(name, Array(text.utf8)) }
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
