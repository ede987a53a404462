import BSON
import Blueprint
import RoadsideRules
import RoadsideTesting
import RoadsideWeb
import Testing

@Suite("D23: what a document says of a member is what the reader of bodies takes")
struct FieldSchemaTests {
    /// A shape, and the reader it belongs to: whether it takes the value.
    private static let shapes: [(name: String, schema: Schema, takes: @Sendable (JSON) -> Bool)] = [
        ("text", .text(max: 5), { value in read(value) { _ = $0.text("it", max: 5) } }),
        ("optional text", .optionalText(max: 5), { value in read(value) { _ = $0.optionalText("it", max: 5) } }),
        ("secret", .secret(length: 0...5), { value in read(value) { _ = $0.secret("it", max: 5) } }),
        ("time", .optionalTime, { value in read(value) { _ = $0.optionalTime("it") } }),
        ("reference", .reference, { value in read(value) { _ = $0.reference("it") } }),
        (
            "texts", .array(of: .text(max: 3), count: 0...2),
            { value in
                read(value) { _ = $0.optionalTexts("it", max: 3, count: 2) }
            }
        ),
    ]

    private static func read(_ value: JSON, _ body: (inout Fields) -> Void) -> Bool {
        var fields = Fields(["it": value])
        body(&fields)
        return fields.issues.isEmpty
    }

    private static let values: [JSON] = [
        "", " ", "a", " a ", "abcde", "abcdef", "abcd ", "     ", "      ", "a\nb", "a\tb", "a\u{0}b", "\u{0}", "\u{B}",
        "\u{B}a", "a\u{7F}", "\u{85}", "\u{A0}", "\u{3000}a", "é", "🚗🚗🚗🚗🚗", "🚗🚗🚗🚗🚗🚗", "\u{FEFF}", "0", "1", "007", "17",
        "-1", "1.5", "999999999999999999", "65a50b2c9f1d4e0012345680", "65A50B2C9F1D4E0012345680",
        "65a50b2c9f1d4e001234568", "65a50b2c9f1d4e0012345680a", "g5a50b2c9f1d4e0012345680", 0, 1, 17, -1, 1.5,
        true,
        false, [:], ["$ne": nil], [], ["a"], ["a", "b"], ["a", "b", "c"], [""], [" "], ["abcd"], [1], [nil],
        "2024-01-15T10:30:00Z", "2024-01-15T10:30:00.5+03:00", "2024-01-15", "2024-01-15T10:30:00", "\t\r\n", " \u{B} ",
    ]

    @Test("they agree on every value", arguments: shapes.indices)
    func agreement(index: Int) {
        let (name, schema, takes) = Self.shapes[index]
        let check = SchemaCheck([:])
        for value in Self.values {
            let fits = check.faults(value, schema.json).isEmpty
            #expect(fits == takes(value), "\(name) \(value.text)")
        }
    }

    @Test("null stands for what is absent, at every depth, and never for what has to be there")
    func nulls() {
        let schema = Schema.object(
            ["a": .text(), "b": .text(), "c": .object(["d": .integer, "e": .integer], optional: ["e"])],
            optional: ["b", "c"]
        ).withNullsForAbsent
        let check = SchemaCheck([:])
        for good in [["a": "x"], ["a": "x", "b": nil, "c": nil], ["a": "x", "c": ["d": 1, "e": nil]]] as [JSON] {
            #expect(check.faults(good, schema.json).isEmpty, "\(good.text)")
        }
        for bad in [["a": nil], ["b": "x"], ["a": "x", "c": ["d": nil]], ["a": "x", "b": 1]] as [JSON] {
            #expect(!check.faults(bad, schema.json).isEmpty, "\(bad.text)")
        }
    }

    @Test("the halves of a position come together or not at all, and null is no half")
    func together() {
        let schema = Schema.object(["a": .latitude, "b": .longitude], optional: ["a", "b"])
            .takingTogether("a", "b").withNullsForAbsent
        let check = SchemaCheck([:])
        for good in [[:], ["a": 1, "b": 2], ["a": nil], ["a": nil, "b": nil]] as [JSON] {
            #expect(check.faults(good, schema.json).isEmpty, "\(good.text)")
        }
        for bad in [["a": 1], ["b": 1], ["a": 1, "b": nil], ["a": 1, "b": 181]] as [JSON] {
            #expect(!check.faults(bad, schema.json).isEmpty, "\(bad.text)")
        }
    }

    @Test("an e-mail address has the shape that sign-in takes, with 64 characters before the @ and no more")
    func addresses() {
        let check = SchemaCheck([:])
        let local = String(repeating: "a", count: 63)
        for text in [
            "a@b.co", "a.b+c@d-e.example", local + "a@b.co", local + "aa@b.co", local + ".a@b.co", "@b.co", "a@b",
            "a..b@c.co",
            ".a@b.co", "a@-b.co", "a@b@c.co",
        ] {
            let fits = check.faults(.string(text), Schema.emailAddress.json).isEmpty
            #expect(fits == (ContactRules.email(text) != nil), "\(text)")
        }
    }

    @Test("of members that stand for each other one has to be there")
    func eitherOr() {
        let schema = Schema.object(["a": .text(), "b": .text()], optional: ["a", "b"]).needingOne(of: "a", "b")
        let check = SchemaCheck([:])
        #expect(check.faults(["a": "x"], schema.json).isEmpty && check.faults(["b": "x"], schema.json).isEmpty)
        #expect(!check.faults([:], schema.json).isEmpty)
    }
}
