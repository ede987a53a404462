public import BSON
import Foundation

/// Holds values against the schemas of an OpenAPI document, as far as JSON Schema is used there.
///
/// A keyword that it does not know is reported like any other fault, so that no schema is followed by half.
public struct SchemaCheck: Sendable {
    private let document: JSON
    private let isExact: Bool

    /// - Parameters:
    ///   - document: whose `components` references point to.
    ///   - exact: whether a member that the schema does not name is a fault; JSON Schema itself allows it.
    public init(_ document: JSON, exact: Bool = false) {
        self.document = document
        isExact = exact
    }

    /// Every way in which `value` departs from `schema`, as sentences with the place; empty when it does not.
    public func faults(_ value: JSON, _ schema: JSON, at place: String = "") -> [String] {
        guard let keywords = schema.object else { return ["\(place): the schema is no object"] }
        return keywords.flatMap { keyword in faults(value, keyword, of: schema, at: place.isEmpty ? "it" : place) }
    }

    /// What a reference of this document points to; nil when there is no such thing.
    public func target(of reference: String) -> JSON? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(document) { json, name in json?[String(name)] }
    }

    private func faults(_ value: JSON, _ keyword: JSON.Member, of schema: JSON, at place: String) -> [String] {
        switch keyword.name {
        case "$ref":
            guard let target = keyword.value.string.flatMap(target) else {
                return ["\(place): nothing is at \(keyword.value.text)"]
            }
            return faults(value, target, at: place)
        case "type":
            let types = keyword.value.array ?? [keyword.value]
            let fits = types.contains { Self.isType($0.string ?? "", value) }
            return fits ? [] : ["\(place) is \(value.text), no \(keyword.value.text)"]
        case "enum":
            let fits = keyword.value.array?.contains(value) == true
            return fits ? [] : ["\(place) is \(value.text), none of \(keyword.value.text)"]
        case "anyOf":
            let fits = (keyword.value.array ?? []).contains { faults(value, $0, at: place).isEmpty }
            return fits ? [] : ["\(place) is \(value.text), none of the alternatives"]
        case "minimum", "maximum":
            guard let number = Self.number(value), let bound = Self.number(keyword.value) else { return [] }
            let fits = keyword.name == "minimum" ? number >= bound : number <= bound
            return fits ? [] : ["\(place) is \(value.text), beyond the \(keyword.name) \(keyword.value.text)"]
        case "required":
            guard let members = value.object else { return [] }
            let missing = (keyword.value.array ?? []).compactMap(\.string).filter { name in
                !members.contains { $0.name == name }
            }
            return missing.map { "\(place) lacks \($0)" }
        case "properties":
            return (value.object ?? []).flatMap { member in
                let here = "\(place)/\(member.name)"
                guard let known = keyword.value[member.name] else { return isExact ? ["\(here) is not named"] : [] }
                return faults(member.value, known, at: here)
            }
        case "items":
            return (value.array ?? []).enumerated().flatMap { faults($1, keyword.value, at: "\(place)/\($0)") }
        case "format":
            guard keyword.value == "date-time", let text = value.string else { return [] }
            return ISO8601.parse(text) == nil ? ["\(place) is \(text), no moment"] : []
        case "exclusiveMaximum":
            guard let number = Self.number(value), let bound = Self.number(keyword.value) else { return [] }
            return number < bound ? [] : ["\(place) is \(value.text), not below \(keyword.value.text)"]
        case "minLength", "maxLength", "minItems", "maxItems":
            let isText = keyword.name.hasSuffix("Length")
            guard let bound = keyword.value.int,
                let count = isText ? value.string?.unicodeScalars.count : value.array?.count
            else { return [] }
            let fits = keyword.name.hasPrefix("min") ? count >= Int(bound) : count <= Int(bound)
            return fits ? [] : ["\(place) is \(value.text), beyond the \(keyword.name) \(keyword.value.text)"]
        case "pattern":
            guard let text = value.string else { return [] }
            guard let pattern = keyword.value.string.flatMap(Self.pattern) else {
                return ["\(place): \(keyword.value.text) is no regular expression"]
            }
            let whole = NSRange(text.startIndex..., in: text)
            return pattern.firstMatch(in: text, range: whole) == nil
                ? ["\(place) is \(value.text), not like \(keyword.value.text)"] : []
        case "description", "examples": return []
        default: return ["\(place): the keyword \(keyword.name) is not known here"]
        }
    }

    /// The end is the end, as in ECMA-262: in this library `$` also stands before a last line break.
    private static func pattern(_ text: String) -> NSRegularExpression? {
        try? NSRegularExpression(pattern: text.hasSuffix("$") ? text.dropLast() + "\\z" : text)
    }

    private static func isType(_ type: String, _ value: JSON) -> Bool {
        switch type {
        case "null": value.isNull
        case "boolean": value.bool != nil
        case "integer": value.int != nil
        case "number": number(value) != nil
        case "string": value.string != nil
        case "array": value.array != nil
        case "object": value.object != nil
        default: false
        }
    }

    private static func number(_ value: JSON) -> Double? {
        guard case .decimal(let minorUnits, let scale) = value else { return value.double }
        return (0..<scale).reduce(Double(minorUnits)) { number, _ in number / 10 }
    }
}
