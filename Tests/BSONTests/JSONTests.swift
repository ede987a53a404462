import BSON
import FoundationEssentials
import Testing

@Suite("JSON values")
struct JSONTests {
    private static let forms: [(JSON, String)] = [
        (JSON.null, "null"), (true, "true"), (false, "false"), (0, "0"), (.int(.min), "-9223372036854775808"),
        (4.0, "4.0"), (-0.25, "-0.25"), (0.1, "0.1"), (1500.0, "1500.0"), (.double(1.0 / 3), "0.3333333333333333"),
        (.double(.infinity), "null"), (.double(.nan), "null"), (.double(-.infinity), "null"),
        (.decimal(minorUnits: 30000, scale: 2), "300.00"), (.decimal(minorUnits: 5, scale: 2), "0.05"),
        (.decimal(minorUnits: -5, scale: 2), "-0.05"), (.decimal(minorUnits: 0, scale: 2), "0.00"),
        (.decimal(minorUnits: 7, scale: 0), "7"), (.decimal(minorUnits: .min, scale: 18), "-9.223372036854775808"),
        (.decimal(minorUnits: 12, scale: 1), "1.2"), ("", "\"\""), ("a/b", "\"a/b\""),
        ("q\"\\\n\r\t", #""q\"\\\n\r\t""#), ("\u{0}\u{8}\u{C}\u{1F}\u{7F}", "\"\\u0000\\u0008\\u000c\\u001f\u{7F}\""),
        ("é漢🚗\u{2028}", "\"é漢🚗\u{2028}\""), ([], "[]"), ([1, [nil], "x"], #"[1,[null],"x"]"#), ([:], "{}"),
        (["b": 1, "a": ["c\n": true]], #"{"b":1,"a":{"c\n":true}}"#),
        (["e": .encoded(Array("{\"raw\":1}".utf8))], #"{"e":{"raw":1}}"#),
    ]

    @Test("values are written in one form", arguments: forms)
    func written(json: JSON, text: String) { #expect(json.text == text) }

    @Test("doubles read back as the same number")
    func doubles() throws {
        for number in [
            1e21, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e16, 9_007_199_254_740_992, -1e-7, 0.1 + 0.2,
        ] {
            #expect(try JSON.parse(JSON.double(number).text).double == number)
        }
    }

    @Test("accessors give nil for values of another kind")
    func accessors() {
        let json: JSON = ["s": "x", "i": 3, "w": 3.0, "d": 3.5, "b": false, "a": [1, 2], "n": nil]
        #expect(json["s"]?.string == "x" && json["s"]?.int == nil)
        #expect(json["i"]?.int == 3 && json["i"]?.double == 3.0 && json["i"]?.string == nil)
        #expect(json["w"]?.int == 3 && json["d"]?.int == nil && json["d"]?.double == 3.5)
        #expect(json["b"]?.bool == false && json["a"]?[1] == 2 && json["a"]?[2] == nil)
        #expect(json["n"]?.isNull == true && json["absent"] == nil && json["a"]?["x"] == nil)
        #expect(json.object?.map(\.name) == ["s", "i", "w", "d", "b", "a", "n"] && json.array == nil)
    }

    @Test("members are added at the end or replaced in place, also in an encoded object")
    func adding() {
        let json: JSON = ["a": 1]
        #expect(json.adding("b", 2).adding("a", 3) == ["a": 3, "b": 2])
        #expect(JSON.encoded(Array("{}".utf8)).adding("b\"", [1]).text == #"{"b\"":[1]}"#)
        #expect(JSON(["x": 1] as Document).adding("y", nil).text == #"{"x":1,"y":null}"#)
    }

    @Test("Swift values turn into JSON, and nil into null")
    func conversions() throws {
        let id = try #require(ObjectID("67696d100102030405060708"))
        #expect(JSON(id) == "67696d100102030405060708")
        #expect(JSON(Date(timeIntervalSince1970: 0)) == "1970-01-01T00:00:00.000Z")
        #expect(JSON(Optional<String>.none) == nil && JSON(Optional<Date>.none) == nil)
        #expect(JSON(["a", "b"]) == ["a", "b"])
        #expect("sum \(1 + 1)" as JSON == "sum 2")
    }

    @Test("JSON turns into a document, but for names BSON cannot hold")
    func documents() throws {
        let json = try JSON.parse(#"{"a":1,"b":[1.5,null,{"c":"x"}],"d":true}"#)
        let document: Document = ["a": 1, "b": [1.5, nil, ["c": "x"]], "d": true]
        #expect(try Document(json) == document)
        #expect(JSON(document).text == json.text)
        #expect(try Document(["m": .decimal(minorUnits: 30050, scale: 2)]) == ["m": 300.5])
        #expect(try Document(JSON(document)) == document)
        #expect(throws: BSONError(.badKey, key: "a\u{0}")) { try Document(["x": ["a\u{0}": 1]]) }
        #expect(throws: BSONError(.wrongType)) { try Document([1]) }
    }
}
