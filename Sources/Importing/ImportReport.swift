public import BSON
import Foundation
import Synchronization

/// What became of the rows of one table.
public struct TableReport: Sendable, Hashable {
    public let table: String
    /// Brought in by this run; of a rehearsal, what would be.
    public var new = 0
    /// There from an earlier run.
    public var known = 0
    public var rejected = 0
    /// Brought in, but for something that the report of rows tells.
    public var incomplete = 0

    public var read: Int { new + known + rejected }
}

/// What became of an export.
public struct ImportReport: Sendable {
    public internal(set) var tables: [TableReport] = []
    /// Tables that the export does not have.
    public internal(set) var missing: [String] = []
    /// It ended at ``ImportOptions/mostBatches``.
    public internal(set) var isCut = false

    public func table(_ name: String) -> TableReport { tables.first { $0.table == name } ?? TableReport(table: name) }
}

/// A row that stayed out, or did not come whole.
public struct RejectedRow: Sendable, Hashable {
    /// The file, or the collection.
    public let file: String
    /// From 1; of a collection the position in the order of ids.
    public let line: Int
    public let reason: String
    /// It came in all the same.
    public let isImported: Bool

    /// `{"file", "line", "reason", "imported"}`
    public var json: JSON {
        ["file": .string(file), "line": .int(Int64(line)), "reason": .string(reason), "imported": .bool(isImported)]
    }
}
