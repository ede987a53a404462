import Foundation
import Testing

@Suite("The table of threats names tests that exist")
struct ThreatTableTests {
    private static let article = "Sources/FixOnCallServer/Documentation.docc/Threats.md"

    /// Number and suites of each row.
    private func rows() throws -> [(number: String, suites: [String])] {
        try String(contentsOf: SourceTree.root.appendingPathComponent(Self.article), encoding: .utf8)
            .split(separator: "\n").compactMap { line in
                let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                guard cells.count == 3, cells[0].wholeMatch(of: #/T\d+/#) != nil else { return nil }
                let suites = cells[2].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
                return (cells[0], suites.map { $0.replacing("`", with: "") })
            }
    }

    @Test("every suite of a row has a test, or is one, with the number of the threat in its name")
    func suitesCarryTheNumber() throws {
        let rows = try rows()
        #expect(Set(rows.map(\.number)).count == rows.count && rows.count >= 20)
        let files = try SourceTree("Tests").files
        let name = #/@(?:Test|Suite)\(\s*"([^"]*)"/#
        for row in rows {
            #expect(!row.suites.isEmpty, "\(row.number)")
            for suite in row.suites {
                let file = files.filter { $0.path.hasSuffix("/\(suite).swift") }
                #expect(!file.isEmpty, "there is no \(suite)")
                let names = file.flatMap { $0.lines.joined(separator: "\n").matches(of: name).map { $0.1 } }
                let numbers = names.flatMap { $0.matches(of: #/\bT\d+\b/#).map { String($0.0) } }
                #expect(numbers.contains(row.number), "no test of \(suite) is named by \(row.number)")
            }
        }
    }
}
