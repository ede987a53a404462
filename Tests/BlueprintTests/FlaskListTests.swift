import Foundation
import Testing

@Suite("Flask's list")
struct FlaskListTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The rows of the article's table: name and what has become of it.
    private func rows() throws -> [(name: String, fate: String)] {
        let article = Self.root.appendingPathComponent("Sources/Blueprint/Documentation.docc/FlaskTests.md")
        return try String(contentsOf: article, encoding: .utf8).split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count >= 2, cells[0].hasPrefix("`test_") else { return nil }
            return (cells[0].replacingOccurrences(of: "`", with: ""), cells[1])
        }
    }

    /// The names of Flask's that tests of this target begin with.
    private func ported() throws -> [String] {
        let folder = Self.root.appendingPathComponent("Tests/BlueprintTests")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "swift" }.flatMap { file in
            try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
                line.firstMatch(of: #/^ +(?:@Test\()?"(test_[a-z_]+): /#).map { String($0.1) }
            }
        }
    }

    @Test("every test the article calls ported is here once, and the article knows every one that is here")
    func articleAndTestsAgree() throws {
        let rows = try rows()
        #expect(Set(rows.map(\.name)).count == rows.count)
        let claimed = rows.filter { $0.fate == "ported" }.map(\.name)
        #expect(try claimed.sorted() == ported().sorted())
        #expect(claimed.count >= 20)
    }

    @Test("every other test of Flask's has a reason why it has no meaning here")
    func reasons() throws {
        let rest = try rows().filter { $0.fate != "ported" }
        #expect(!rest.isEmpty)
        for row in rest { #expect(row.fate.hasPrefix("not applicable: "), "\(row.name)") }
    }

    @Test("the article's example is the one that ExampleTests compiles and runs, line by line")
    func example() throws {
        func lines(_ path: String) throws -> [String] {
            try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
        let article = try lines("Sources/Blueprint/Documentation.docc/Blueprint.md")
        let start = try #require(article.firstIndex(of: "```swift"))
        let block = Array(article[(start + 1)...].prefix { $0 != "```" })
        let tests = try lines("Tests/BlueprintTests/ExampleTests.swift")
        #expect((8...14).contains(block.count))
        let isThere = tests.indices.contains { Array(tests[$0...].prefix(block.count)) == block }
        #expect(isThere, "\(block.joined(separator: "\n"))")
    }
}
