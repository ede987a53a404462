import BSON
import Foundation

/// A frame or body typed in from the source document (`Tests/Fixtures/LiveBookings`).
struct Golden {
    /// The text of the document's sample, on one line.
    let text: String

    static func load(_ name: String) throws -> Golden {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appendingPathComponent("Fixtures/LiveBookings/\(name).json")
        return Golden(text: try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines))
    }

    /// Names in their order, each with the kind of its value; numbers by the way they are written.
    static func shape(_ text: String) throws -> [String] {
        let json = try JSON.parse(Array(text.utf8))
        return (json.object ?? []).map { member in
            let kind =
                switch member.value {
                case .string: "text"
                case .bool: "truth"
                case .int: "whole number"
                case .double: "number with \(decimals(of: member.name, in: text)) decimals"
                default: "something else"
                }
            return "\(member.name): \(kind)"
        }
    }

    private static func decimals(of name: String, in text: String) -> Int {
        guard let start = text.range(of: "\"\(name)\":")?.upperBound else { return 0 }
        let number = text[start...].prefix { $0.isNumber || $0 == "." || $0 == "-" }
        return number.split(separator: ".").dropFirst().first?.count ?? 0
    }
}
