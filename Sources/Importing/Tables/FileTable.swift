import BSON
import Foundation

/// A table as a file: JSON lines, or comma-separated text whose first record names the columns.
final class FileTable: Table {
    let title: String
    let estimate: Int
    private let lines: LineReader
    /// Reads single rows, and so little at once.
    private let single: LineReader
    /// nil: JSON lines.
    private var columns: [String]?
    private var separator = UInt8(ascii: ",")
    private var start = (offset: 0, line: 1)

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let endings = ["jsonl", "ndjson", "json", "csv"]

    /// - Returns: nil when the folder has no such table.
    /// - Throws: when it has two files of that name, or one that cannot be read.
    static func open(_ table: String, in folder: String) throws(ImportFault) -> FileTable? {
        let names = endings.map { "\(table).\($0)" }.filter { name in
            var status = stat()
            return lstat("\(folder)/\(name)", &status) == 0
        }
        guard names.count < 2 else { throw ImportFault("\(folder) has \(names.joined(separator: " and ")); keep one") }
        guard let name = names.first else { return nil }
        return try FileTable(path: "\(folder)/\(name)", title: name)
    }

    private init(path: String, title: String) throws(ImportFault) {
        self.title = title
        lines = try LineReader(path: path)
        single = try LineReader(path: path, chunk: 4096)
        var count = 0
        while lines.next() != nil { count += 1 }
        estimate = title.hasSuffix(".csv") ? max(count - 1, 0) : count
        lines.seek(to: 0, line: 1)
        if title.hasSuffix(".csv") { try readHeader(path) } else { skipMark() }
        rewind()
    }

    func rewind() { lines.seek(to: start.offset, line: start.line) }

    func next() async throws(ImportFault) -> Found? { record(lines) }

    func row(at place: RowPlace) async throws(ImportFault) -> Row? {
        single.seek(to: place.offset, line: place.line)
        guard case .row(let row)? = record(single) else { return nil }
        return row
    }

    private func skipMark() {
        guard let first = lines.next(), first.bytes.starts(with: Self.mark) else { return }
        start = (Self.mark.count, 1)
    }

    private func readHeader(_ path: String) throws(ImportFault) {
        guard var header = lines.next()?.bytes else {
            throw ImportFault("\(path) is empty; its first line names columns")
        }
        let second = header.count + 1
        if header.starts(with: Self.mark) { header.removeFirst(Self.mark.count) }
        separator = CSVRecord.separator(of: header)
        let names = CSVRecord.cells(header, separator: separator)?.map { String(decoding: $0, as: UTF8.self) }
        guard let names, Set(names).count == names.count, names.allSatisfy({ !$0.isEmpty }) else {
            throw ImportFault("the first line of \(path) does not name each column once")
        }
        columns = names
        start = (second, 2)
    }

    private func record(_ reader: LineReader) -> Found? {
        while let line = reader.next() {
            let place = RowPlace(line: line.number, offset: line.offset)
            if line.isTooLong { return .bad(place, reason: "the line is longer than \(LineReader.longest) bytes") }
            if line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            return columns.map { csv(line, place, $0, reader) } ?? Self.json(line, place)
        }
        return nil
    }

    private static func json(_ line: LineReader.Line, _ place: RowPlace) -> Found {
        do throws(JSONError) {
            let values = try JSON.parse(line.bytes, limits: .init(maxBytes: LineReader.longest, allowsRepeats: false))
            guard values.object != nil else { return .bad(place, reason: "the line is no JSON object") }
            return .row(Row(place: place, values: values))
        } catch {
            return .bad(place, reason: "the line is no JSON: \(error)")
        }
    }

    private func csv(
        _ line: LineReader.Line, _ place: RowPlace, _ columns: [String], _ reader: LineReader
    ) -> Found {
        var bytes = line.bytes
        var cells = CSVRecord.cells(bytes, separator: separator)
        var count = 1
        while cells == nil {
            guard count < Self.mostLines, bytes.count <= LineReader.longest, let more = reader.next(), !more.isTooLong
            else {
                // It may have swallowed rows that are good: they are read for themselves.
                reader.seek(to: line.offset + line.bytes.count + 1, line: line.number + 1)
                return .bad(place, reason: "a quotation mark is not closed")
            }
            bytes += [0x0A] + more.bytes
            count += 1
            // Only a line with a mark can close it.
            if more.bytes.contains(UInt8(ascii: "\"")) { cells = CSVRecord.cells(bytes, separator: separator) }
        }
        guard let cells, cells.count == columns.count else {
            return .bad(place, reason: "\(cells?.count ?? 0) cells where the first line names \(columns.count)")
        }
        var members: [JSON.Member] = []
        for (column, cell) in zip(columns, cells) where !cell.isEmpty {
            guard let text = String(validating: cell, as: UTF8.self) else {
                return .bad(place, reason: "\(column): this is not UTF-8")
            }
            members.append(JSON.Member(column, .string(text)))
        }
        return .row(Row(place: place, values: .object(members)))
    }

    /// Of one record. Ours.
    private static let mostLines = 1000
}
