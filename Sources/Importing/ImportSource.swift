import Foundation
import Mongo

/// Where the rows of an old system are.
public enum ImportSource: Sendable {
    /// A folder with a file for each table: `users.jsonl` or `users.csv`.
    case folder(String)
    /// The old Fix On Call database itself.
    case database(uri: String, name: String)

    /// - Throws: ``ImportFault`` for an address that cannot be read.
    func opened() async throws(ImportFault) -> Tables {
        switch self {
        case .folder(let path):
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
                throw ImportFault("\(path) is no folder")
            }
            return .folder(path)
        case .database(let uri, let name):
            do throws(MongoError) {
                return .database(
                    try MongoClient(.init(uri: uri, database: name, workers: 2, appName: "fixoncall-import")))
            } catch {
                throw ImportFault(error.message)
            }
        }
    }
}

/// The tables of a source.
enum Tables {
    case folder(String)
    case database(MongoClient)

    /// A new reader of it; nil when there is no such table.
    func table(_ name: String) async throws(ImportFault) -> (any Table)? {
        switch self {
        case .folder(let path): return try FileTable.open(name, in: path)
        case .database(let client):
            let table = try await MongoTable(client.collection(name))
            return table.estimate == 0 ? nil : table
        }
    }

    func close() async {
        if case .database(let client) = self { await client.shutdownGracefully() }
    }
}
