import BSON
import Blueprint
import Testing

@Suite("Schemas read off examples")
struct SchemaCatalogTests {
    private let place: JSON = ["latitude": -1.5, "address": "Nairobi"]
    private let user: JSON = ["id": "7", "name": "Wanjiku"]

    private var catalog: SchemaCatalog {
        SchemaCatalog([
            .init("User", user, members: ["name": .string(oneOf: ["Wanjiku"])]),
            .init("Place", place),
            .init(
                "Job",
                [
                    "id": "1", "by": user, "to": nil, "at": "2024-01-15T10:30:00Z", "price": 1500, "done": false,
                    "steps": [["word": "new", "why": nil]], "note": nil,
                ],
                [
                    "id": "1", "by": user, "to": place, "at": nil, "price": 1512.5, "done": true,
                    "steps": [["word": "new", "why": "late"]], "note": nil, "code": "1234",
                ]),
        ])
    }

    private func component(_ name: String) -> JSON? { catalog.schemas.first { $0.name == name }?.schema.json }

    @Test("a part that equals an example is a reference, everything else is written out")
    func references() {
        let schema = catalog.schema(of: ["user": user, "places": [place, place], "other": ["id": "8"], "count": 2]).json
        #expect(
            schema == [
                "type": "object",
                "properties": [
                    "user": ["$ref": "#/components/schemas/User"],
                    "places": ["type": "array", "items": ["$ref": "#/components/schemas/Place"]],
                    "other": ["type": "object", "properties": ["id": ["type": "string"]], "required": ["id"]],
                    "count": ["type": "integer"],
                ],
                "required": ["user", "places", "other", "count"],
            ])
    }

    @Test("examples of one entry add up: what one lacks is optional, what one has as null may be null")
    func merging() {
        let properties = component("Job")?["properties"]
        #expect(properties?["by"] == ["$ref": "#/components/schemas/User"])
        #expect(properties?["to"] == ["anyOf": [["$ref": "#/components/schemas/Place"], ["type": "null"]]])
        #expect(properties?["at"] == ["type": ["string", "null"], "format": "date-time"])
        #expect(properties?["price"] == ["type": "number"])
        #expect(properties?["done"] == ["type": "boolean"])
        #expect(properties?["steps"]?["items"]?["properties"]?["why"] == ["type": ["string", "null"]])
        #expect(properties?["note"] == [:])
        #expect(properties?["code"] == ["type": "string"])
        #expect(
            component("Job")?["required"] == ["id", "by", "to", "at", "price", "done", "steps", "note"])
    }

    @Test("a member can be described beyond its examples")
    func members() {
        #expect(component("User")?["properties"]?["name"] == ["type": "string", "enum": ["Wanjiku"]])
        #expect(component("User")?["properties"]?["id"] == ["type": "string"])
        #expect(component("User")?["examples"] == [user])
    }

    @Test("a name can mean one thing everywhere, but where an example of an entry stands")
    func meanings() {
        let catalog = SchemaCatalog(
            [.init("Place", place)], members: ["price": .number, "until": .dateTime, "at": .string])
        let properties = catalog.schema(of: [
            "price": 1500, "until": nil, "at": place, "deep": [["price": nil]],
        ]).json["properties"]
        #expect(properties?["price"] == ["type": "number"])
        #expect(properties?["until"] == ["type": ["string", "null"], "format": "date-time"])
        #expect(properties?["at"] == ["$ref": "#/components/schemas/Place"])
        #expect(properties?["deep"]?["items"]?["properties"]?["price"] == ["type": ["number", "null"]])
    }

    @Test("examples that disagree allow anything; a moment and a word are texts")
    func disagreement() {
        let catalog = SchemaCatalog([
            .init("Odd", ["a": 1, "b": "2024-01-15T10:30:00Z"], ["a": "x", "b": "soon"])
        ])
        let properties = catalog.schemas.first?.schema.json["properties"]
        #expect(properties?["a"] == [:])
        #expect(properties?["b"] == ["type": "string"])
    }

    @Test("nothing is inside an empty array or object that an example could tell of")
    func empty() {
        #expect(catalog.schema(of: []).json == ["type": "array", "items": [:]])
        #expect(catalog.schema(of: [:]).json == ["type": "object", "properties": [:]])
        #expect(catalog.schema(of: nil).json == [:])
    }

    @Test("null joins a plain type, and stands beside every other schema")
    func nullable() {
        #expect(Schema.integer.nullable.json == ["type": ["integer", "null"]])
        #expect(
            Schema.string(oneOf: ["a"]).nullable.json == [
                "anyOf": [["type": "string", "enum": ["a"]], ["type": "null"]]
            ])
        #expect(
            Schema.reference("A").nullable.json
                == ["anyOf": [["$ref": "#/components/schemas/A"], ["type": "null"]]])
        let nothing = Schema(["type": "null"])
        #expect(nothing.nullable == nothing)
        for schema in [Schema.integer, .string(oneOf: ["a"]), .reference("A")] {
            #expect(schema.nullable.nullable == schema.nullable)
        }
    }
}
