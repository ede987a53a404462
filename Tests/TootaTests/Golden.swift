import BSON
import Foundation
import Testing

/// A frame or body typed in from the source document (`Tests/Fixtures/Toota`). Where that names types instead of values,
/// the fixture has any value of the type.
struct Golden {
    let text: String
    let json: JSON

    static func load(_ name: String) throws -> Golden {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appendingPathComponent("Fixtures/Toota/\(name).json")
        let text = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines)
        return Golden(text: text, json: try JSON.parse(Array(text.utf8)))
    }

    /// Every way in which `found` differs from the fixture: names in their order, and kinds of values.
    ///
    /// - Parameter isOpen: whether objects of a list may have further members behind, where the document prints dots.
    func faults(_ found: JSON, isOpen: Bool = false) -> [String] {
        Self.faults(found, json, at: "", isOpen: isOpen)
    }

    private static func faults(_ found: JSON, _ expected: JSON, at place: String, isOpen: Bool) -> [String] {
        switch (found, expected) {
        case (.object(let members), .object(let promised)):
            let names = members.map(\.name)
            let wanted = promised.map(\.name)
            let isSame = isOpen && place.hasSuffix("]") ? Array(names.prefix(wanted.count)) == wanted : names == wanted
            guard isSame else { return ["\(place): \(names) instead of \(wanted)"] }
            return zip(members, promised).flatMap {
                faults($0.value, $1.value, at: "\(place).\($0.name)", isOpen: isOpen)
            }
        case (.array(let items), .array(let promised)):
            guard let first = promised.first else { return [] }
            return items.enumerated().flatMap { faults($1, first, at: "\(place)[\($0)]", isOpen: isOpen) }
        case (.string, .string), (.bool, .bool), (.null, .null): return []
        case (.int, .int): return []
        case (.int, .double), (.double, .double), (.decimal, .double): return []
        // A text or null.
        case (.string, .null) where place.hasSuffix("_pic") || place.hasSuffix("_image"): return []
        default: return ["\(place): \(found.text) is of another kind than \(expected.text)"]
        }
    }
}

/// Holds an answer against a fixture.
func expectGolden(
    _ found: JSON, _ name: String, isOpen: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let faults = try Golden.load(name).faults(found, isOpen: isOpen)
    #expect(faults.isEmpty, "\(name): \(faults)", sourceLocation: sourceLocation)
}
