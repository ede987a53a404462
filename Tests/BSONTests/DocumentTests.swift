import BSON
import FoundationEssentials
import Testing

@Suite("Documents")
struct DocumentTests {
    @Test("every type comes back from its bytes", arguments: Samples.everyType.indices)
    func comesBack(index: Int) throws {
        let (key, value) = Samples.everyType[index]
        let document: Document = [key: value]
        let read = try Document(validating: document.bytes)
        #expect(read[key] == value)
        #expect(read == document)
        #expect(read.count == 1)
    }

    @Test("fields keep their order, and iteration, keys and count agree")
    func order() throws {
        let document = try Document(validating: Document(fields: Samples.everyType).bytes)
        #expect(document.keys == Samples.everyType.map(\.0))
        #expect(document.count == Samples.everyType.count)
        #expect(document.map(\.value) == Samples.everyType.map(\.1))
    }

    @Test("a known document has the bytes the specification prescribes")
    func goldenBytes() {
        let document: Document = [
            "_id": .id(Samples.id), "n": 1, "i": .int32(-2), "f": 1.5, "s": "hé", "b": true, "z": nil,
            "t": .date(Date(timeIntervalSince1970: 1)), "a": ["x", false], "d": ["k": .maxKey],
            "x": .binary(subtype: 0, bytes: [9, 8]), "r": .regex(pattern: "p", options: "i"), "c": .javascript("j"),
            "q": .timestamp(1 << 32 | 2), "m": .minKey,
        ]
        var expected: [UInt8] = [0x98, 0, 0, 0]
        expected += [0x07, 0x5F, 0x69, 0x64, 0, 0x67, 0x69, 0x6D, 0x10, 1, 2, 3, 4, 5, 6, 7, 8]
        expected += [0x12, 0x6E, 0, 1, 0, 0, 0, 0, 0, 0, 0]
        expected += [0x10, 0x69, 0, 0xFE, 0xFF, 0xFF, 0xFF]
        expected += [0x01, 0x66, 0, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F]
        expected += [0x02, 0x73, 0, 4, 0, 0, 0, 0x68, 0xC3, 0xA9, 0]
        expected += [0x08, 0x62, 0, 1]
        expected += [0x0A, 0x7A, 0]
        expected += [0x09, 0x74, 0, 0xE8, 0x03, 0, 0, 0, 0, 0, 0]
        expected += [0x04, 0x61, 0, 18, 0, 0, 0, 0x02, 0x30, 0, 2, 0, 0, 0, 0x78, 0, 0x08, 0x31, 0, 0, 0]
        expected += [0x03, 0x64, 0, 8, 0, 0, 0, 0x7F, 0x6B, 0, 0]
        expected += [0x05, 0x78, 0, 2, 0, 0, 0, 0, 9, 8]
        expected += [0x0B, 0x72, 0, 0x70, 0, 0x69, 0]
        expected += [0x0D, 0x63, 0, 2, 0, 0, 0, 0x6A, 0]
        expected += [0x11, 0x71, 0, 2, 0, 0, 0, 1, 0, 0, 0]
        expected += [0xFF, 0x6D, 0]
        expected += [0]
        #expect(document.bytes == expected)
        #expect(expected.count == 0x98)
    }

    @Test("the empty document is five bytes, and appending to it equals the literal")
    func appending() {
        #expect(Document().bytes == [5, 0, 0, 0, 0])
        #expect(Document() == [:] && Document().isEmpty)
        var document = Document()
        document.append("a", 1)
        document.append("b", ifPresent: Optional<String>.none)
        document.append("c", ifPresent: "x")
        document.append("d", [UInt8](arrayLiteral: 1, 2))
        document.append("e", ["p", "q"])
        document.append(contentsOf: ["f": nil])
        document.append(contentsOf: [:])
        #expect(
            document == [
                "a": 1, "c": "x", "d": .binary(subtype: 0, bytes: [1, 2]), "e": ["p", "q"], "f": nil,
            ])
        #expect(!document.isEmpty)
    }

    @Test("arrays longer than ten elements use decimal names")
    func longArray() throws {
        let document: Document = ["a": .array((0..<120).map { .int($0) })]
        let array = try Document(validating: document.bytes).require("a", as: [Int].self)
        #expect(array == Array(0..<120))
        #expect(document.value(at: ["a", "113"]) == 113)
    }

    @Test("a zero byte in a key is replaced: it can neither cut the key nor shift what follows")
    func zeroInKey() throws {
        let document: Document = ["a\u{0}b": 1, "re": .regex(pattern: "x\u{0}", options: "")]
        let read = try Document(validating: document.bytes)
        #expect(read.keys == ["a\u{FFFD}b", "re"])
    }

    @Test("get converts numbers only where that is exact, and gives nil for null and other types")
    func typedReading() {
        let document: Document = [
            "i32": .int32(7), "i64": 9_007_199_254_740_993, "whole": 4.0, "half": 4.5, "null": nil, "text": "7",
            "bytes": .binary(subtype: 0, bytes: [1]), "mixed": [1, "2"], "nested": ["a": ["b": 2]],
        ]
        #expect(document.get("i32", as: Int.self) == 7)
        #expect(document.get("i32", as: Double.self) == 7)
        #expect(document.get("i64", as: Double.self) == nil)
        #expect(document.get("i64", as: Int32.self) == nil)
        #expect(document.get("whole", as: Int64.self) == 4)
        #expect(document.get("half", as: Int64.self) == nil)
        #expect(document.get("null", as: BSONValue.self) == nil)
        #expect(document.get("text", as: Int.self) == nil)
        #expect(document.get("absent", as: Int.self) == nil)
        #expect(document.get("bytes", as: [UInt8].self) == [1])
        #expect(document.get("mixed", as: [Int].self) == nil)
        #expect(document.get("mixed", as: [BSONValue].self) == [1, "2"])
        #expect(document.value(at: ["nested", "a", "b"]) == 2)
        #expect(document.value(at: ["nested", "x"]) == nil)
        #expect(document.value(at: ["i32", "x"]) == nil)
        #expect(document.value(at: []) == nil)
    }

    @Test("require names the key that is missing or of another type")
    func requiring() {
        let document: Document = ["n": "text", "null": nil]
        #expect(throws: BSONError(.missingKey, key: "absent")) { try document.require("absent", as: Int.self) }
        #expect(throws: BSONError(.missingKey, key: "null")) { try document.require("null", as: Int.self) }
        #expect(throws: BSONError(.wrongType, key: "n")) { try document.require("n", as: Int.self) }
    }

    @Test("an enumeration of names reads and writes by declaring the conformance")
    func enumerations() {
        enum Colour: String, BSONReadable, BSONWritable { case red, green }
        var document = Document()
        document.append("one", Colour.red)
        document.append("all", [Colour.red, .green])
        #expect(document == ["one": "red", "all": ["red", "green"]])
        #expect(document.get("all") == [Colour.red, .green])
        #expect((["one": "blue"] as Document).get("one", as: Colour.self) == nil)
    }

    @Test("the deprecated types read as their nearest relatives")
    func deprecatedTypes() throws {
        let document = try Document(validating: Samples.everyByte)
        #expect(document["undefined"] == .null)
        #expect(document["symbol"] == "sym")
        #expect(document["pointer"] == .id(Samples.id))
        #expect(document["scoped"] == .javascript("f"))
    }

    @Test("dates are cut to milliseconds towards the past, and milliseconds come back exactly")
    func dates() throws {
        let cut: [(Double, Int64)] = [(1.0019, 1001), (-1.0011, -1002), (0.0009, 0), (-0.0001, -1)]
        for (seconds, milliseconds) in cut {
            let document: Document = ["t": .date(Date(timeIntervalSince1970: seconds))]
            #expect(document.get("t") == Date(millisecondsSince1970: milliseconds))
        }
        var milliseconds: Int64 = -62_135_596_800_000
        while milliseconds < 253_402_300_800_000 {
            #expect(Date(millisecondsSince1970: milliseconds).millisecondsSince1970 == milliseconds)
            milliseconds += 7_919_000_000_123
        }
        #expect(Date(timeIntervalSince1970: .infinity).millisecondsSince1970 == .max)
        #expect(Date(timeIntervalSince1970: -.infinity).millisecondsSince1970 == .min)
        #expect(Date(timeIntervalSince1970: .nan).millisecondsSince1970 == 0)
    }

    @Test("a reader walks without copying, matches names, and descends")
    func reader() throws {
        var reader = BSONReader(["name": "Kit", "n": 3, "at": ["lat": -1.25], "flag": true])
        var name: String?, number: Int64?, latitude: Double?, flag: Bool?
        while let field = try reader.next() {
            if reader.isKey(field, "name") { name = reader.string(field) }
            if reader.isKey(field, "n") {
                number = reader.int64(field)
                #expect(reader.string(field) == nil && reader.double(field) == 3)
            }
            if reader.isKey(field, "at") {
                var inner = reader.nested(field)
                let found = inner.find("lat")
                latitude = found.flatMap { inner.double($0) }
            }
            if reader.isKey(field, "flag") { flag = reader.bool(field) }
        }
        #expect(name == "Kit" && number == 3 && latitude == -1.25 && flag == true)
    }
}
