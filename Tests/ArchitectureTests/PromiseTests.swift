import Foundation
import Testing

@Suite("Every promise of the five documents is shown by a test, or is not part of a server")
struct PromiseTests {
    private static let counts = ["A": 34, "B": 34, "C": 19, "D": 40, "E": 11]

    /// Each promise, and why it has no test, or nothing.
    private func promises() throws -> [(id: String, reason: String)] {
        let file = SourceTree.root.appendingPathComponent("Tests/Promises/promises.tsv")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return (cells[0], cells.count == 3 ? cells[2] : "?")
        }
    }

    @Test("the list names every promise once")
    func listIsWhole() throws {
        let named = try promises().map(\.id)
        let all = Self.counts.sorted { $0.key < $1.key }.flatMap { letter, count in
            (1...count).map { "\(letter)\($0)" }
        }
        #expect(named == all)
    }

    @Test("each has a test that is named by it, or a reason why it has none")
    func eachIsShown() throws {
        let name = #/@(?:Test|Suite)\(\s*"([^":]*):/#
        let texts = try SourceTree("Tests").files.map { $0.lines.joined(separator: "\n") }
        let shown = Set(
            texts.flatMap { $0.matches(of: name) }.flatMap { $0.1.matches(of: #/\b[A-E]\d{1,2}\b/#) }
                .map { String($0.0) })
        for promise in try promises() {
            #expect(shown.contains(promise.id) || !promise.reason.isEmpty, "\(promise.id) has neither")
        }
    }
}
