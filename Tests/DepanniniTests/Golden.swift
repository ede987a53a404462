import BSON
import Foundation
import Testing

/// A frame or body typed in from the source document (`Tests/Fixtures/Depannini`).
struct Golden {
    let json: JSON

    init(_ name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appendingPathComponent("Fixtures/Depannini/\(name).json")
        json = try JSON.parse(Array(try Data(contentsOf: file)))
    }

    /// Whether `answer` has the members of the document, first and in its order, each of the kind that is written there.
    func expectShape(of answer: JSON?, sourceLocation: SourceLocation = #_sourceLocation) {
        let differences = Self.differences(json, answer ?? .null, at: "")
        #expect(differences.isEmpty, "\(differences) in \(answer?.text ?? "")", sourceLocation: sourceLocation)
    }

    private static func differences(_ expected: JSON, _ found: JSON, at place: String) -> [String] {
        if let members = expected.object {
            let here = found.object ?? []
            let names = members.map(\.name)
            guard Array(here.map(\.name).prefix(names.count)) == names else {
                return ["\(place) has \(here.map(\.name)) and not first \(names)"]
            }
            return zip(members, here).flatMap { differences($0.value, $1.value, at: "\(place).\($0.name)") }
        }
        if let sample = expected.array?.first {
            guard let items = found.array, !items.isEmpty else { return ["\(place) is no list with something in it"] }
            return items.flatMap { differences(sample, $0, at: "\(place)[]") }
        }
        return kind(expected) == kind(found) ? [] : ["\(place) is \(found.text) and no \(kind(expected))"]
    }

    private static func kind(_ json: JSON) -> String {
        switch json {
        case .string: "text"
        case .int where json.int != nil: "whole number"
        case .int, .double, .decimal: "number"
        case .bool: "truth"
        case .null: "null"
        case .object, .encoded: "object"
        case .array: "list"
        }
    }
}
