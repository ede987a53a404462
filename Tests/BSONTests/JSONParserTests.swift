import BSON
import Testing

@Suite("Parsing JSON")
struct JSONParserTests {
    private static let json: [(String, JSON)] = [
        ("null", JSON.null), (" \t\r\n true ", true), ("false", false), ("0", 0), ("-0", 0), ("12", 12),
        ("-1", -1), ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
        ("9223372036854775808", 9223372036854775808.0), ("-9223372036854775809", -9223372036854775808.0),
        ("1.0", 1.0), ("-0.5", -0.5), ("1e3", 1000.0), ("1E+2", 100.0), ("25e-1", 2.5), ("0e0", 0.0),
        ("1e-400", 0.0), ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)),
        ("\"\"", ""), ("\"a\"", "a"), ("\"é漢🚗\"", "é漢🚗"), ("\"\u{7F}\"", "\u{7F}"),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u6F22""#, "Aé漢"),
        (#""\ud83d\ude97""#, "🚗"), (#""\uD800\uDC00\udbff\udfff""#, "\u{10000}\u{10FFFF}"), (#""\u0000""#, "\u{0}"),
        (#""x\u2028y""#, "x\u{2028}y"), ("[]", []), ("[ ]", []), ("[1 , [2],{}]", [1, [2], [:]]), ("{}", [:]),
        (#"{"a":1,"b":{"c":[null]}}"#, ["a": 1, "b": ["c": [nil]]]), (#"{ "" : 0 }"#, ["": 0]),
        (#"{"a":1,"b":2,"a":3}"#, ["a": 3, "b": 2]),
    ]

    @Test("texts that are JSON", arguments: json)
    func accepted(text: String, value: JSON) throws { #expect(try JSON.parse(text) == value) }

    private static let notJSON: [(String, JSONError.Reason, Int)] = [
        ("", JSONError.Reason.empty, 0), ("  ", .empty, 2), ("nul", .unexpectedEnd, 3), ("nulL", .unexpectedByte, 3),
        ("True", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0), ("Infinity", .unexpectedByte, 0),
        ("-Infinity", .badNumber, 1), ("+1", .unexpectedByte, 0), ("01", .badNumber, 0), ("-01", .badNumber, 1),
        ("00", .badNumber, 0), ("-", .unexpectedEnd, 1), ("--1", .badNumber, 1), ("1.", .unexpectedEnd, 2),
        ("1.e1", .badNumber, 2), (".5", .unexpectedByte, 0), ("1e", .unexpectedEnd, 2), ("1e+", .unexpectedEnd, 3),
        ("1ea", .badNumber, 2), ("1e999", .numberOutOfRange, 0), ("-1e999", .numberOutOfRange, 0),
        ("0x10", .trailingBytes, 1), ("1 2", .trailingBytes, 2), ("1,", .trailingBytes, 1),
        ("nullx", .trailingBytes, 4),
        ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,]", .unexpectedByte, 3), ("[,1]", .unexpectedByte, 1),
        ("[1 2]", .unexpectedByte, 3), ("]", .unexpectedByte, 0), ("[}", .unexpectedByte, 1), ("{", .unexpectedEnd, 1),
        ("{]", .unexpectedByte, 1), (#"{"a"}"#, .unexpectedByte, 4), (#"{"a":}"#, .unexpectedByte, 5),
        (#"{"a":1,}"#, .unexpectedByte, 7), (#"{,"a":1}"#, .unexpectedByte, 1), ("{a:1}", .unexpectedByte, 1),
        ("{'a':1}", .unexpectedByte, 1), ("{1:1}", .unexpectedByte, 1), (#"{"a" 1}"#, .unexpectedByte, 5),
        (#"{"a":1 "b":2}"#, .unexpectedByte, 7), (#"{"a":1"#, .unexpectedEnd, 6), ("\"", .unexpectedEnd, 1),
        ("\"a", .unexpectedEnd, 2), ("\"a\\", .unexpectedEnd, 3), ("\"a\nb\"", .controlCharacter, 2),
        ("\"\u{0}\"", .controlCharacter, 1), ("\"\\n\u{1F}\"", .controlCharacter, 3), (#""\x41""#, .badEscape, 1),
        (#""\u12""#, .badEscape, 5), (#""\u12g4""#, .badEscape, 5), (#""\u00"#, .unexpectedEnd, 5),
        (#""\U0041""#, .badEscape, 1), (#""\ud800""#, .loneSurrogate, 1), (#""\udc00""#, .loneSurrogate, 1),
        (#""a\ud800\u0041""#, .loneSurrogate, 2), (#""\ud800\ud800""#, .loneSurrogate, 1),
        (#""\ud800x""#, .loneSurrogate, 1), ("// no\n1", .unexpectedByte, 0), ("/**/1", .unexpectedByte, 0),
        ("\u{FEFF}1", .unexpectedByte, 0), ("\u{A0}1", .unexpectedByte, 0), ("\u{C}1", .unexpectedByte, 0),
    ]

    @Test("texts that are not JSON, with the offset of the fault", arguments: notJSON)
    func refused(text: String, reason: JSONError.Reason, offset: Int) {
        #expect(throws: JSONError(reason, offset: offset)) { try JSON.parse(text) }
    }

    @Test(
        "strings that are not UTF-8 are refused, with and without escapes",
        arguments: [
            [0xFF], [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
            [0xF0, 0x9F, 0x9A],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        for escape in ["", "\\n"] {
            let text = Array("\"\(escape)".utf8) + bytes + Array("\"".utf8)
            #expect(throws: JSONError(.invalidUTF8, offset: 1)) { try JSON.parse(text) }
            let name = Array("{".utf8) + text + Array(":1}".utf8)
            #expect(throws: JSONError(.invalidUTF8, offset: 2)) { try JSON.parse(name) }
        }
        #expect(throws: JSONError(.unexpectedByte, offset: 0)) { try JSON.parse(bytes) }
    }

    @Test("depth is limited, and a hostile depth does not reach the stack")
    func depth() throws {
        let limits = JSON.Limits(maxDepth: 3)
        #expect(try JSON.parse("[[[]]]", limits: limits) == [[[]]])
        #expect(throws: JSONError(.tooDeep, offset: 3)) { try JSON.parse("[[[[]]]]", limits: limits) }
        #expect(throws: JSONError(.tooDeep, offset: 15)) {
            try JSON.parse(#"{"a":{"b":{"c":{"d":1}}}}"#, limits: limits)
        }
        #expect(throws: JSONError(.tooDeep, offset: 32)) { try JSON.parse(String(repeating: "[", count: 100_000)) }
        let generous = JSON.Limits(maxDepth: 1_000_000)
        let brackets = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError(.tooDeep, offset: 512)) { try JSON.parse(brackets, limits: generous) }
        #expect(try JSON.parse("[[],[],[],[]]", limits: .init(maxDepth: 2)).array?.count == 4)
    }

    @Test("size is limited before anything is read")
    func size() throws {
        #expect(try JSON.parse("[1]", limits: .init(maxBytes: 3)) == [1])
        #expect(throws: JSONError(.tooLarge, offset: 3)) { try JSON.parse("[1] ", limits: .init(maxBytes: 3)) }
    }

    @Test("collections that are not contiguous are read as well")
    func collections() throws {
        #expect(try JSON.parse(Array(#"[1,"a"]"#.utf8).reversed().reversed()) == [1, "a"])
        #expect(try JSON.parse(Array("] [2]".utf8).lazy.drop { $0 == 0x5D }) == [2])
        #expect(try JSON.parse(Array("x[2]".utf8).dropFirst()) == [2])
    }

    @Test("T22: who forbids repeated names is told where the second one stands, also in an object of many members")
    func repeatsForbidden() throws {
        let limits = JSON.Limits(allowsRepeats: false)
        #expect(throws: JSONError(.repeatedName, offset: 7)) { try JSON.parse(#"{"a":1,"a":2}"#, limits: limits) }
        // The same name, however it is spelled.
        #expect(throws: JSONError(.repeatedName, offset: 7)) { try JSON.parse(#"{"a":1,"\u0061":2}"#, limits: limits) }
        #expect(throws: JSONError(.repeatedName, offset: 13)) {
            try JSON.parse(#"[{"b":{"c":1,"c":2}}]"#, limits: limits)
        }
        let many = (0..<40).map { #""n\#($0)":0"# }.joined(separator: ",")
        #expect(throws: JSONError.self) { try JSON.parse(#"{\#(many),"n3":1}"#, limits: limits) }
        #expect(try JSON.parse(#"{\#(many)}"#, limits: limits).object?.count == 40)
        #expect(try JSON.parse(#"[{"a":1},{"a":2}]"#, limits: limits) == [["a": 1], ["a": 2]])
    }

    @Test("an object of many members keeps the last of repeated names, and does so in little time")
    func manyMembers() throws {
        let members = (0..<60_000).map { "\"k\($0 % 30_000)\":\($0)" }.joined(separator: ",")
        let json = try JSON.parse("{\(members)}")
        #expect(json.object?.count == 30_000)
        #expect(json["k7"] == 30_007)
        #expect(json.object?.first == JSON.Member("k0", 30_000))
    }

    @Test("every text cut short is refused, and no changed byte crashes")
    func damage() throws {
        let text = Array(#"{"a":[1,-2.5e3,"x\ud83d\ude97\n",true,false,null],"b":{"c":"é"}}"#.utf8)
        _ = try JSON.parse(text)
        for count in text.indices {
            #expect(throws: JSONError.self) { try JSON.parse(text[..<count]) }
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[count] = byte
                if let json = try? JSON.parse(changed) { #expect(try JSON.parse(json.bytes()) == json) }
            }
        }
    }

    @Test("an error explains itself without repeating what was sent")
    func messages() {
        let error = #expect(throws: JSONError.self) { try JSON.parse("[secret") }
        #expect(error?.message == "The JSON text has an unexpected character (byte 1).")
    }
}
