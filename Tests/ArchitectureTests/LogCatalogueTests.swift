import Foundation
import Testing

@Suite("The log says nothing that is not in its catalogue")
struct LogCatalogueTests {
    private static let article = "Sources/FixOnCallServer/Documentation.docc/Log.md"

    /// The first cells of the tables' rows.
    private func rows() throws -> [String] {
        try String(contentsOf: SourceTree.root.appendingPathComponent(Self.article), encoding: .utf8)
            .split(separator: "\n").compactMap { line in
                guard line.hasPrefix("| ") else { return nil }
                let cell = line.split(separator: "|")[0].trimmingCharacters(in: .whitespaces)
                return cell == "message" || cell == "event" ? nil : cell.replacing("`", with: "")
            }
    }

    @Test("whatever is logged is a sentence of the catalogue, word by word, and not put together")
    func messagesAreKnown() throws {
        let known = try Set(rows())
        let call = #/[lL]ogger\.(?:trace|debug|info|notice|warning|error|critical)\(\s*"((?:[^"\\]|\\.)*)"/#
        var said = 0
        for file in try SourceTree("Sources").files where !file.path.hasPrefix("Sources/RoadsideTesting/") {
            for match in file.lines.joined(separator: "\n").matches(of: call) {
                said += 1
                #expect(
                    known.contains(String(match.1)), "\(file.path) logs “\(match.1)”: give it a row in \(Self.article)")
            }
        }
        #expect(said >= 40)
    }

    @Test("every row of the catalogue is said somewhere, once in the table")
    func rowsAreSaid() throws {
        let rows = try rows()
        #expect(Set(rows).count == rows.count)
        let sources = try SourceTree("Sources").files.map { $0.lines.joined(separator: "\n") }
        for row in rows {
            let isSaid = sources.contains { $0.contains("\"\(row)\"") || $0.contains("\\\"\(row)\\\"") }
            #expect(isSaid, "nobody says “\(row)”")
        }
    }
}
