import BSON
public import Blueprint

/// The shapes that ``Fields`` reads, so that what a document promises of a body is what the reader takes: no more, and
/// no less.
extension Schema {
    /// As ``Fields/text(_:max:)`` reads it: not blank, without control characters but line breaks and tabs.
    public static func text(max: Int = 200) -> Schema {
        string(pattern: "^\(plain)*\(visible)\(plain)*$", length: 1...max)
    }

    /// As ``Fields/optionalText(_:max:)`` reads it: a blank one counts as none.
    public static func optionalText(max: Int = 200) -> Schema { string(pattern: "^\(plain)*$", length: 0...max) }

    /// As ``QueryFields/optionalText(_:max:)`` reads it: without any control character.
    public static func queryText(max: Int = 200) -> Schema {
        string(pattern: #"^[^\x00-\x1F\x7F-\x9F]*$"#, length: 0...max)
    }

    /// A day of the calendars in use, as in `2027-03-31`.
    public static let day = Schema(["type": "string", "format": "date", "pattern": "^(19[7-9][0-9]|[2-9][0-9]{3})-"])

    /// As ``Fields/optionalTime(_:)`` reads it: a moment, or blank, which counts as none.
    public static let optionalTime = Schema([
        "type": "string", "maxLength": 40,
        "anyOf": [["format": "date-time"], ["pattern": .string("^((?!\(visible))\(plain))*$")]],
    ])

    /// As ``Fields/secret(_:max:)`` reads it. Rules of its own, such as how long a new password is, come on top.
    public static func secret(length: ClosedRange<Int> = 0...1024) -> Schema {
        string(pattern: "^\(plain)*$", length: length)
    }

    /// As ``Fields/reference(_:)`` reads it: an id, a UUID or a number, which may also be written as a text (README
    /// decision 9).
    public static let reference = Schema([
        "anyOf": [string(pattern: referencePattern, length: 1...36).json, integer(in: 1...Int64.max).json]
    ])

    /// The id of something that has no number, such as an uploaded file: an id or its UUID.
    public static let fileID = string(pattern: idPattern, length: 24...36)

    /// A text that a regular expression matches, in the dialect of ECMA-262 that JSON Schema asks for.
    ///
    /// - Parameter length: in code points.
    public static func string(pattern: String, length: ClosedRange<Int>) -> Schema {
        var json: JSON = ["type": "string"]
        if length.lowerBound > 0 { json.add("minLength", .int(Int64(length.lowerBound))) }
        json.add("maxLength", .int(Int64(length.upperBound)))
        json.add("pattern", .string(pattern))
        return Schema(json)
    }

    /// An array of so many.
    public static func array(of element: Schema, count: ClosedRange<Int>) -> Schema {
        var json = array(of: element).json
        if count.lowerBound > 0 { json.add("minItems", .int(Int64(count.lowerBound))) }
        return Schema(json.adding("maxItems", .int(Int64(count.upperBound))))
    }

    /// One of several shapes.
    public static func anyOf(_ shapes: [Schema]) -> Schema { Schema(["anyOf": .array(shapes.map(\.json))]) }

    /// A list of ids as texts, each in any of its forms, as ``Fields/optionalTexts(_:max:count:)`` reads it.
    public static let referenceText = string(pattern: referencePattern, length: 1...36)

    /// The same object, of which one of these members at least has to be there.
    public func needingOne(of names: String...) -> Schema {
        Schema(json.adding("anyOf", .array(names.map { ["required": [.string($0)]] })))
    }

    /// The same object, of whose members these come together or not at all, as the halves of a position do.
    public func takingTogether(_ names: String...) -> Schema {
        let none = JSON.object(names.map { JSON.Member($0, ["type": "null"]) })
        let all = JSON.object(names.map { JSON.Member($0, json["properties"]?[$0] ?? [:]) })
        return Schema(
            json.adding(
                "anyOf",
                [["properties": all, "required": .array(names.map(JSON.string))], ["properties": none]]))
    }

    /// The same with `null` for every member that may be absent, however deep: to ``Fields`` the two are one.
    public var withNullsForAbsent: Schema {
        guard let keywords = json.object else { return self }
        let required = Set((json["required"]?.array ?? []).compactMap(\.string))
        return Schema(
            .object(
                keywords.map { keyword in
                    switch keyword.name {
                    case "properties":
                        JSON.Member(
                            keyword.name,
                            .object(
                                (keyword.value.object ?? []).map { property in
                                    let schema = Schema(property.value).withNullsForAbsent
                                    return JSON.Member(
                                        property.name,
                                        required.contains(property.name) ? schema.json : schema.nullable.json)
                                }))
                    case "anyOf":
                        JSON.Member(
                            keyword.name,
                            .array((keyword.value.array ?? []).map { Schema($0).withNullsForAbsent.json }))
                    case "items": JSON.Member(keyword.name, Schema(keyword.value).withNullsForAbsent.json)
                    default: keyword
                    }
                }))
    }

    /// Every character but the controls that ``Fields`` refuses.
    private static let plain = #"[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]"#
    /// One that trimming leaves.
    private static let visible = #"[^\s\x00-\x1F\x7F-\x9F]"#
    private static let hex = "[0-9a-fA-F]"
    private static let idPattern = "^(\(hex){24}|\(uuid))$"
    private static let referencePattern = "^(\(hex){24}|\(uuid)|[1-9][0-9]{0,17})$"
    /// Those that stand for an id: version 8, with the four bits that such an id leaves at zero.
    private static let uuid = "\(hex){8}-\(hex){4}-8\(hex){3}-[89abAB]\(hex){3}-\(hex){12}"
}
