import BSON
import FoundationEssentials
import Testing

@Suite("Rendering documents as JSON")
struct JSONRendererTests {
    @Test("every type has a JSON form")
    func everyType() throws {
        let text = JSONRenderer().json(try Document(validating: Samples.everyByte)).text
        let expected = [
            #""double":-12.5"#, #""string":"Mbagathi Way, 3 ünïts 🚗""#, #""empty":"""#, #""zero":"a\u0000b""#,
            #""document":{"inner":{"deep":true}}"#, #""array":[1,"two",null,[3.5,[]],{}]"#, #""binary":"AQID/w==""#,
            #""no bytes":"""#, #""id":"67696d100102030405060708""#, #""true":true"#, #""false":false"#,
            #""date":"2025-12-23T12:34:56.789Z""#, #""before":"1969-12-31T23:59:59.999Z""#, #""null":null"#,
            #""regex":"^a/b$""#, #""code":"return 1""#, #""int32":-2147483648"#, #""timestamp":18446744073709551615"#,
            #""int64":-9223372036854775808"#, #""decimal":"300.00""#, #""min":null"#, #""max":null"#,
            #""undefined":null"#, #""symbol":"sym""#, #""pointer":"67696d100102030405060708""#, #""scoped":"f""#,
        ]
        #expect(text == "{\(expected.joined(separator: ","))}")
        _ = try JSON.parse(text)
    }

    @Test("names are left out and replaced at every depth, and leaving out wins")
    func tables() {
        let renderer = JSONRenderer(rename: ["_id": "id", "a\"": "b\"", "secret": "shown"], omit: ["secret", "hash"])
        let document: Document = [
            "hash": 1, "_id": 1, "_ids": 2, "user": ["_id": 3, "secret": 4, "hash": ["x": 1]], "list": [["hash": 1]],
            "a\"": 5,
        ]
        #expect(renderer.json(document).text == #"{"id":1,"_ids":2,"user":{"id":3},"list":[{}],"b\"":5}"#)
        var bytes = Array("[".utf8)
        renderer.write(["hash": 1], into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "[{}")
    }

    @Test(
        "base64 is padded",
        arguments: [([0], "AA=="), ([0, 0xFF], "AP8="), ([0xFB, 0xEF, 0xBE], "++++"), ([1, 2, 3, 4], "AQIDBA==")])
    func base64(bytes: [UInt8], text: String) {
        #expect(JSON(["b": .binary(subtype: 0, bytes: bytes)] as Document).text == "{\"b\":\"\(text)\"}")
    }

    @Test(
        "decimals are written by the decimal128 rules",
        arguments: [
            (1, 0, false, "1"), (30000, -2, false, "300.00"), (5, -2, true, "-0.05"), (1, 3, false, "1E+3"),
            (123, -9, false, "1.23E-7"), (12345, -8, false, "0.00012345"), (0, 0, true, "-0"),
            (1, -6176, false, "1E-6176"),
            (1, -6, false, "0.000001"), (1, -7, false, "1E-7"), (125, 1, false, "1.25E+3"),
        ] as [(UInt64, Int, Bool, String)])
    func decimals(coefficient: UInt64, exponent: Int, isNegative: Bool, text: String) {
        let high = UInt64(exponent + 6176) << 49 | (isNegative ? 1 << 63 : 0)
        #expect(rendered(low: coefficient, high: high) == text)
    }

    @Test("decimals that are no numbers, and the largest one")
    func specialDecimals() {
        #expect(rendered(low: 0, high: 0x7C00_0000_0000_0000) == "NaN")
        #expect(rendered(low: 0, high: 0x7800_0000_0000_0000) == "Infinity")
        #expect(rendered(low: 0, high: 0xF800_0000_0000_0000) == "-Infinity")
        #expect(
            rendered(low: 0x378D_8E63_FFFF_FFFF, high: 0x5FFF_ED09_BEAD_87C0)
                == "9.999999999999999999999999999999999E+6144")
        #expect(rendered(low: 0x378D_8E64_0000_0000, high: 0x3041_ED09_BEAD_87C0) == "0")
    }

    private func rendered(low: UInt64, high: UInt64) -> String? {
        let bytes = [low, high].flatMap { part in (0..<8).map { UInt8(truncatingIfNeeded: part >> (8 * UInt64($0))) } }
        let json = try? JSON.parse(JSON(["d": .decimal128(bytes)] as Document).bytes())
        return json?["d"]?.string
    }
}
