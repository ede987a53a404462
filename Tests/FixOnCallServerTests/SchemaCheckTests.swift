import BSON
import RoadsideTesting
import Testing

@Suite("The check of values against schemas")
struct SchemaCheckTests {
    private let check = SchemaCheck(["components": ["schemas": ["Name": ["type": "string"]]]])

    @Test(
        "it accepts what fits",
        arguments: [
            (["a": 1], ["type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"]]),
            ("x", ["$ref": "#/components/schemas/Name"]), (nil, ["type": ["string", "null"]]),
            (1.5, ["type": "number"]),
            (1, ["type": "number", "minimum": 1, "maximum": 1]), (["x"], ["items": ["enum": ["x"]]]),
            ("2024-01-15T10:30:00Z", ["format": "date-time"]), (true, [:]),
            (2, ["anyOf": [["type": "string"], ["type": "integer"]]]),
            (.decimal(minorUnits: 15, scale: 1), ["type": "number", "maximum": 1.5]),
        ] as [(JSON, JSON)])
    func accepts(value: JSON, schema: JSON) {
        #expect(check.faults(value, schema) == [])
    }

    @Test("an exact check also names the members that the schema does not know")
    func exact() {
        let schema: JSON = ["properties": ["a": ["properties": ["b": [:]]]]]
        #expect(check.faults(["a": ["b": 1, "c": 2]], schema) == [])
        #expect(SchemaCheck([:], exact: true).faults(["a": ["b": 1, "c": 2]], schema) == ["it/a/c is not named"])
    }

    @Test(
        "it names what does not",
        arguments: [
            (["b": 1], ["required": ["a"]], "lacks a"),
            (["a": "1"], ["properties": ["a": ["type": "integer"]]], "it/a"),
            (1, ["$ref": "#/components/schemas/Name"], "is 1"), (1, ["$ref": "#/components/schemas/Other"], "nothing"),
            (nil, ["type": "string"], "is null"), (1.5, ["type": "integer"], "is 1.5"), (0, ["minimum": 1], "minimum"),
            (["x", "y"], ["items": ["enum": ["x"]]], "it/1"), ("soon", ["format": "date-time"], "no moment"),
            (2.5, ["anyOf": [["type": "string"], ["type": "integer"]]], "alternatives"),
            ("x", ["pattern": "y"], "not like"), ("x", ["multipleOf": 2], "keyword multipleOf"),
            ("é", ["minLength": 2], "minLength"), ("ab", ["maxLength": 1], "maxLength"),
            ([], ["minItems": 1], "minItems"),
            ([1, 2], ["maxItems": 1], "maxItems"), (360, ["exclusiveMaximum": 360], "not below"),
            ([], ["type": "object"], "no \"object\""),
            (.decimal(minorUnits: 15, scale: 1), ["maximum": 1.4], "maximum"),
        ] as [(JSON, JSON, String)])
    func refuses(value: JSON, schema: JSON, fault: String) {
        let faults = check.faults(value, schema)
        #expect(faults.count == 1 && faults[0].contains(fault), "\(faults)")
    }
}
