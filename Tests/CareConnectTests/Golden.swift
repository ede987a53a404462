import BSON
import Foundation

/// A frame typed in from the source document (`Tests/Fixtures/CareConnect`).
struct Golden {
    /// The text of the document's sample, on one line.
    let text: String

    static func load(_ name: String) throws -> Golden {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appendingPathComponent("Fixtures/CareConnect/\(name).json")
        return Golden(text: try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines))
    }

    var json: JSON { get throws { try JSON.parse(Array(text.utf8)) } }

    /// Names in their order, each with the kind of its value; of an object its own names besides.
    static func shape(_ json: JSON, _ path: String = "") -> [String] {
        (json.object ?? []).flatMap { member in
            let name = path + member.name
            return switch member.value {
            case .string: ["\(name): text"]
            case .bool: ["\(name): truth"]
            case .int: ["\(name): whole number"]
            case .double: ["\(name): number"]
            case .object: ["\(name): object"] + shape(member.value, name + ".")
            default: ["\(name): something else"]
            }
        }
    }

    static func shape(_ text: String) throws -> [String] { shape(try JSON.parse(Array(text.utf8))) }
}
