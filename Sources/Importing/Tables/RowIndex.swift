import BSON

/// Where the rows of a table are by one of their fields: some bytes for each, so that a table of any length completes
/// another without being kept.
final class RowIndex {
    private struct Entry {
        let hash: Int
        let place: RowPlace
        var isUsed = false
    }

    let table: any Table
    private let key: Field
    private var entries: [Entry] = []
    /// Rows without the field, and those that cannot be read.
    private(set) var bad: [(RowPlace, reason: String)] = []

    /// Reads the table once.
    init(_ table: any Table, by key: Field) async throws(ImportFault) {
        self.table = table
        self.key = key
        table.rewind()
        while let found = try await table.next() {
            switch found {
            case .bad(let place, let reason): bad.append((place, reason))
            case .row(let row):
                if let value = try? Rows(row).key(key) {
                    entries.append(Entry(hash: value.hashValue, place: row.place))
                } else {
                    bad.append((row.place, "\(key.title): this is missing"))
                }
            }
        }
        entries.sort { ($0.hash, $0.place.line) < ($1.hash, $1.place.line) }
    }

    /// The first row with that value.
    func row(_ value: String) async throws(ImportFault) -> Row? {
        let hash = value.hashValue
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
        }
        while low < entries.count, entries[low].hash == hash {
            if let row = try await table.row(at: entries[low].place), (try? Rows(row).key(key)) == value {
                entries[low].isUsed = true
                return row
            }
            low += 1
        }
        return nil
    }

    /// Those that nobody asked for.
    var unused: [RowPlace] { entries.filter { !$0.isUsed }.map(\.place).sorted { $0.line < $1.line } }
}
