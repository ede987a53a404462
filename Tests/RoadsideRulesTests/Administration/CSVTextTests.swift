import Foundation
import RoadsideRules
import Testing

@Suite("T25: what spreadsheets read and never carry out")
struct CSVTextTests {
    /// Reads RFC 4180 character by character, and knows nothing of how it was written. nil for what is no such text.
    static func parse(_ text: String) -> [[String]]? {
        var (records, record, cell): ([[String]], [String], String) = ([], [], "")
        var (isQuoted, wasQuoted) = (false, false)
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch (scalar, isQuoted) {
            case ("\"", true):
                if scalars.first == "\"" {
                    cell.unicodeScalars.append(scalar)
                    scalars.removeFirst()
                } else {
                    isQuoted = false
                }
            case (_, true): cell.unicodeScalars.append(scalar)
            case ("\"", false):
                guard cell.isEmpty, !wasQuoted else { return nil }
                (isQuoted, wasQuoted) = (true, true)
            case (",", false):
                record.append(cell)
                (cell, wasQuoted) = ("", false)
            case ("\r", false):
                guard scalars.popFirst() == "\n" else { return nil }
                records.append(record + [cell])
                (record, cell, wasQuoted) = ([], "", false)
            case ("\n", false): return nil
            default:
                guard !wasQuoted else { return nil }
                cell.unicodeScalars.append(scalar)
            }
        }
        return !isQuoted && record.isEmpty && cell.isEmpty ? records : nil
    }

    @Test(
        "T25: a text that begins a formula, also behind white space, is made inert",
        arguments: [
            "=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "  =1", "\u{A0}+1", "\u{200B}=1", "\u{FF1D}1+1",
            "\u{2212}1", "\u{FEFF}=1", "\tplain", "=", "'=1",
        ])
    func inert(text: String) throws {
        let record = CSVText.record([.text("a"), .text(text), .text("b")])
        let cell = try #require(Self.parse(record)?.first?[1])
        #expect(cell == "'" + text)
        #expect(CSVText.original(cell) == text)
    }

    @Test(
        "T25: behind what separates cells elsewhere nothing begins a formula, either",
        arguments: [
            ("a;=1", "a;'=1"), ("a; \u{A0}+1;b;@x", "a; \u{A0}'+1;b;'@x"), ("\t=1", "'\t'=1"), ("\r=1", "'\r'=1"),
            ("\n@x", "'\n'@x"), ("a;'b", "a;''b"), ("a;\"=1", "a;\"'=1"), ("list:\r\n- one", "list:\r\n'- one"),
            ("=1;=2", "'=1;'=2"), (";;-1", ";;'-1"), ("a;b", "a;b"), ("a;b=1", "a;b=1"), ("a;", "a;"), ("a,=1", "a,=1"),
        ])
    func separators(text: String, cell: String) throws {
        let written = try #require(Self.parse(CSVText.record([.text("x"), .text(text)]))?.first?[1])
        #expect(Array(written.unicodeScalars) == Array(cell.unicodeScalars))
        #expect(Array(CSVText.original(written).unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test(
        "a text that begins nothing stays as it is",
        arguments: ["Wanjiku Kamau", "a=1", "1+1", "mail@example.com", "", "5", "(=1)", "é", "أحمد", "{\"a\":1}"])
    func harmless(text: String) {
        let record = CSVText.record([.text(text)])
        #expect(Self.parse(record) == [[text]])
    }

    @Test("RFC 4180: commas, quotation marks and line ends stand in quotation marks; records end with CRLF")
    func quoting() {
        let cells = ["a,b", "say \"so\"", "two\nlines", "and\r\nmore", "", " blank ", "\""]
        let record = CSVText.record(cells.map { .text($0) })
        #expect(record.hasSuffix("\r\n"))
        #expect(Self.parse(record) == [cells])
        #expect(CSVText.record([.plain("-1.2921"), .empty, .plain("true")]) == "-1.2921,,true\r\n")
        #expect(CSVText.record([.text("a\"b")]) == "\"a\"\"b\"\r\n")
    }

    @Test("T25: whatever the text, it comes back, and no cell begins a formula")
    func property() throws {
        var generator = SplitMix64(seed: 25)
        let alphabet = Array("=+-@\t\r\n ,;\"'aé1\u{FF1D}\u{200B}أ".unicodeScalars)
        for _ in 0..<2000 {
            let texts = (0..<4).map { _ in
                let length = Int.random(in: 0...6, using: &generator)
                var text = String.UnicodeScalarView()
                for _ in 0..<length { text.append(alphabet.randomElement(using: &generator) ?? "=") }
                return String(text)
            }
            let record = CSVText.record(texts.map { .text($0) })
            let cells = try #require(Self.parse(record)?.first)
            let back = cells.map { Array(CSVText.original($0).unicodeScalars) }
            let wanted = texts.map { Array($0.unicodeScalars) }
            #expect(back == wanted)
            for cell in cells {
                let visible = cell.unicodeScalars.first {
                    !$0.properties.isWhitespace && $0.properties.generalCategory != .format
                }
                let isFormula = visible.map { "=+-@".unicodeScalars.contains($0) } ?? false
                #expect(!isFormula, "\(cell)")
                for part in ("x" + cell).unicodeScalars.split(whereSeparator: { ";\t\r\n".unicodeScalars.contains($0) })
                {
                    let first = part.first {
                        $0 != "\"" && !$0.properties.isWhitespace && $0.properties.generalCategory != .format
                    }
                    let begins = first.map { "=+-@".unicodeScalars.contains($0) } ?? false
                    #expect(!begins, "\(cell)")
                }
            }
        }
    }
}
