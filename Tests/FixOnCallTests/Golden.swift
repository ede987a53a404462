import BSON
import Foundation
import Testing

/// Bodies typed in from the source documents and their additions, in `Tests/Fixtures/FixOnCall`.
///
/// A live answer is compared with them on names, kinds and number formats, whatever the order of members; a few words
/// are compared to the letter.
enum Golden {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/FixOnCall")
    private static let literal: Set<String> = [
        "success", "code", "status", "stage", "user_type", "currency", "price_estimate", "service_type", "token_type",
        "payment_status", "family",
    ]

    static func load(_ name: String) throws -> JSON {
        try JSON.parse(Array(try Data(contentsOf: folder.appendingPathComponent(name + ".json"))))
    }

    /// Every way in which `actual` departs from the fixture, as sentences; empty when it does not.
    ///
    /// - Parameter wording: whether words are compared; the single element of an array stands for all, whatever they
    ///   say, and several stand for themselves.
    static func differences(_ golden: JSON, _ actual: JSON, at path: String = "", wording: Bool = true) -> [String] {
        switch (golden, actual) {
        case (.object(let expected), .object(let found)):
            let expectedNames = Set(expected.map(\.name))
            let foundNames = Set(found.map(\.name))
            let missing = expectedNames.subtracting(foundNames).sorted().map { "\(path)/\($0) is missing" }
            let added = foundNames.subtracting(expectedNames).sorted().map { "\(path)/\($0) is new" }
            let inner = expected.flatMap { member -> [String] in
                guard let value = actual[member.name] else { return [] }
                let here = "\(path)/\(member.name)"
                if wording, literal.contains(member.name), !isContainer(member.value) {
                    return member.value == value ? [] : ["\(here) is \(value.text), not \(member.value.text)"]
                }
                return differences(member.value, value, at: here, wording: wording)
            }
            return missing + added + inner
        case (.array(let expected), .array(let found)):
            guard let sample = expected.first else { return [] }
            if expected.count > 1, expected.count == found.count {
                return zip(expected, found).enumerated().flatMap {
                    differences($0.element.0, $0.element.1, at: "\(path)/\($0.offset)", wording: wording)
                }
            }
            if found.isEmpty { return ["\(path) is empty"] }
            return found.enumerated().flatMap {
                differences(sample, $0.element, at: "\(path)/\($0.offset)", wording: false)
            }
        default:
            return kind(golden) == kind(actual) ? [] : ["\(path) is \(kind(actual)), not \(kind(golden))"]
        }
    }

    private static func isContainer(_ json: JSON) -> Bool { json.object != nil || json.array != nil }

    private static func kind(_ json: JSON) -> String {
        switch json {
        case .null: "null"
        case .bool: "a boolean"
        case .int: "a whole number"
        case .double, .decimal: "a number with a fraction"
        case .array: "an array"
        case .object: "an object"
        case .encoded: "encoded"
        case .string(let text): kind(of: text)
        }
    }

    private static func kind(of text: String) -> String {
        if ObjectID(text) != nil { return "an id" }
        if isTimestamp(.string(text)) { return "a timestamp" }
        if text.hasPrefix("+"), text.dropFirst().allSatisfy(\.isNumber) { return "a phone number" }
        return "a text"
    }
}

/// The live answer looks like the fixture.
func expectGolden(_ name: String, _ actual: JSON?, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let differences = Golden.differences(
        try Golden.load(name), try #require(actual, sourceLocation: sourceLocation))
    #expect(differences.isEmpty, "\(name): \(differences.joined(separator: "; "))", sourceLocation: sourceLocation)
}
