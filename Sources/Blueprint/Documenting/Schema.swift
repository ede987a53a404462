public import BSON

/// The shape of a JSON value, as JSON Schema 2020-12 (the dialect of OpenAPI 3.1).
public struct Schema: Sendable, Hashable {
    public let json: JSON

    /// Any schema, written out.
    public init(_ json: JSON) {
        self.json = json
    }

    public static let string = Schema(["type": "string"])
    public static let integer = Schema(["type": "integer"])
    public static let number = Schema(["type": "number"])
    public static let boolean = Schema(["type": "boolean"])
    /// Any value at all.
    public static let any = Schema([:])

    /// A moment, as RFC 3339 writes it.
    public static let dateTime = string(format: "date-time")

    /// A string of a format such as `date-time`, `uuid` or `email`.
    public static func string(format: String) -> Schema {
        Schema(["type": "string", "format": .string(format)])
    }

    /// One of a few words.
    public static func string(oneOf words: [String]) -> Schema {
        Schema(["type": "string", "enum": .array(words.map(JSON.string))])
    }

    /// A whole number of a range; both ends belong to it.
    public static func integer(in range: ClosedRange<Int64>) -> Schema {
        Schema(["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)])
    }

    public static func array(of element: Schema) -> Schema {
        Schema(["type": "array", "items": element.json])
    }

    /// An object. Its properties keep their order and are required unless listed as optional.
    public static func object(
        _ properties: KeyValuePairs<String, Schema>, optional: Set<String> = []
    ) -> Schema {
        let required = properties.map(\.key).filter { !optional.contains($0) }
        let object: JSON = [
            "type": "object",
            "properties": .object(properties.map { JSON.Member($0.key, $0.value.json) }),
        ]
        return Schema(required.isEmpty ? object : object.adding("required", .array(required.map(JSON.string))))
    }

    /// A schema of the document's `components`, by name.
    public static func reference(_ name: String) -> Schema {
        Schema(["$ref": .string("#/components/schemas/\(name)")])
    }

    /// This or `null`.
    public var nullable: Schema {
        let alternatives = json["type"].map { $0.array ?? [$0] } ?? json["anyOf"]?.array ?? []
        if alternatives.contains("null") || alternatives.contains(["type": "null"]) { return self }
        guard let type = json["type"], type.string != nil, json["enum"] == nil else {
            return Schema(["anyOf": [json, ["type": "null"]]])
        }
        return Schema(json.adding("type", [type, "null"]))
    }

    /// The same shape with a sentence about its meaning or unit.
    public func described(_ text: String) -> Schema {
        Schema(json.adding("description", .string(text)))
    }
}
