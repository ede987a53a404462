/// One record of comma-separated text (RFC 4180), which may stand on several lines.
enum CSVRecord {
    /// The cells; nil while a quotation mark is open, so that the next line belongs to it.
    static func cells(_ bytes: [UInt8], separator: UInt8) -> [[UInt8]]? {
        var (cells, cell) = ([[UInt8]](), [UInt8]())
        var isQuoted = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isQuoted {
                if byte != quote {
                    cell.append(byte)
                } else if index + 1 < bytes.count, bytes[index + 1] == quote {
                    cell.append(quote)
                    index += 1
                } else {
                    isQuoted = false
                }
            } else if byte == quote, cell.isEmpty {
                isQuoted = true
            } else if byte == separator {
                cells.append(cell)
                cell = []
            } else {
                cell.append(byte)
            }
            index += 1
        }
        if isQuoted { return nil }
        if cell.last == 0x0D { cell.removeLast() }
        cells.append(cell)
        return cells
    }

    /// What separates cells: a comma, unless the first line has none and has semicolons or tabs.
    static func separator(of header: [UInt8]) -> UInt8 {
        [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09].first { header.contains($0) } ?? UInt8(ascii: ",")
    }

    private static let quote = UInt8(ascii: "\"")
}
