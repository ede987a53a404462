/// Comma-separated text (RFC 4180) that a spreadsheet reads and never carries out (T25).
///
/// A text that a spreadsheet might take for a formula gets an apostrophe before it, and so does one that begins with an
/// apostrophe. Where semicolons or tabs separate cells, what stands behind one within a text begins a cell of its own,
/// and behind a line end a record: there the same is done. ``original(_:)`` takes away these apostrophes and no other.
public enum CSVText {
    /// What stands in one cell.
    public enum Cell: Sendable, Hashable {
        case text(String)
        /// A number or a flag of ours, written as it is: no stranger has written it, and `-1.2921` is to stay a number.
        case plain(String)
        case empty
    }

    /// One record with its line end, CRLF.
    public static func record(_ cells: some Sequence<Cell>) -> String {
        cells.map(written).joined(separator: ",") + "\r\n"
    }

    /// The text that a cell of ours was made of.
    public static func original(_ cell: String) -> String {
        let scalars = cell.unicodeScalars
        let text = scalars.first == "'" ? scalars.dropFirst() : scalars[...]
        return String(replacingBeginnings(of: text) { $0 == "'" ? [] : [$0] })
    }

    private static func written(_ cell: Cell) -> String {
        switch cell {
        case .text(let text): quoted(inert(text))
        case .plain(let text): quoted(text)
        case .empty: ""
        }
    }

    /// A text that begins nothing but itself. White space before a formula does not help, so it is looked behind.
    private static func inert(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.first else { return text }
        let visible = scalars.first { !isBlank($0) }
        let isTreacherous = isStart(first) || visible.map(isStart) == true
        let inner = String(replacingBeginnings(of: scalars[...]) { isStart($0) ? ["'", $0] : [$0] })
        return isTreacherous ? "'" + inner : inner
    }

    /// Every scalar with which a cell might begin within a text is replaced. Quotation marks are looked behind like white
    /// space, for they may be read as such.
    private static func replacingBeginnings(
        of text: Substring.UnicodeScalarView, with replacement: (Unicode.Scalar) -> [Unicode.Scalar]
    ) -> String.UnicodeScalarView {
        var result = String.UnicodeScalarView()
        var isBeginning = false
        for scalar in text {
            if isSeparator(scalar) {
                isBeginning = true
                result.append(scalar)
            } else if isBeginning, !isBlank(scalar), scalar != "\"" {
                isBeginning = false
                result.append(contentsOf: replacement(scalar))
            } else {
                result.append(scalar)
            }
        }
        return result
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ";", "\t", "\r", "\n": true
        default: false
        }
    }

    private static func isStart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "=", "+", "-", "@", "\t", "\r", "\n", "'": true
        // What some spreadsheets read as the same signs: the full-width ones, and the true minus.
        case "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "\u{2212}": true
        default: false
        }
    }

    /// White space, and what is not seen.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isWhitespace { return true }
        switch scalar.properties.generalCategory {
        case .control, .format: return true
        default: return false
        }
    }

    /// In quotation marks when it has a comma, a quotation mark or a line end in it, or white space at an end.
    private static func quoted(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let needsMarks =
            scalars.contains { $0 == "," || $0 == "\"" || $0 == "\r" || $0 == "\n" || $0 == "\t" }
            || scalars.first?.properties.isWhitespace == true || scalars.last?.properties.isWhitespace == true
        guard needsMarks else { return text }
        var marked = "\""
        for scalar in scalars {
            if scalar == "\"" { marked.unicodeScalars.append(scalar) }
            marked.unicodeScalars.append(scalar)
        }
        return marked + "\""
    }
}
