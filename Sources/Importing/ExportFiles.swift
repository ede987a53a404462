import BSON
import Foundation

/// The files of an export, readable by their owner only: they are all that is known of many people.
final class ExportFiles {
    private let folder: String
    private var files: [String: FileHandle] = [:]
    private var waiting: [String: [UInt8]] = [:]
    private var counts: [(table: String, rows: Int)] = []

    /// - Throws: ``ImportFault`` when the folder has something in it, or cannot be made.
    init(_ folder: String) throws(ImportFault) {
        self.folder = folder
        let manager = FileManager.default
        if let there = try? manager.contentsOfDirectory(atPath: folder) {
            guard there.isEmpty else { throw ImportFault("\(folder) is not empty") }
            return
        }
        do {
            try manager.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ImportFault("\(folder) cannot be made")
        }
    }

    func open(_ tables: [String]) throws(ImportFault) {
        for table in tables where files[table] == nil {
            let path = "\(folder)/\(table).jsonl"
            let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw ImportFault("\(path) cannot be written") }
            files[table] = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            counts.append((table, 0))
        }
    }

    func write(_ row: JSON, to table: String) throws(ImportFault) {
        waiting[table, default: []] += Array(row.text.utf8) + [0x0A]
        if let index = counts.firstIndex(where: { $0.table == table }) { counts[index].rows += 1 }
        if waiting[table, default: []].count > Self.most { try flush(table) }
    }

    /// - Returns: how many rows each table has.
    func close() throws(ImportFault) -> [(table: String, rows: Int)] {
        for table in files.keys { try flush(table) }
        return counts
    }

    private func flush(_ table: String) throws(ImportFault) {
        do {
            try files[table]?.write(contentsOf: Data(waiting[table] ?? []))
            waiting[table] = []
        } catch {
            throw ImportFault("\(folder)/\(table).jsonl cannot be written")
        }
    }

    /// Bytes kept of a table.
    private static let most = 1 << 18
}
