import BSON
import FoundationEssentials

/// Documents that several suites use.
enum Samples {
    static let id = ObjectID(high: 0x6769_6D10_0102_0304)

    /// One field of every type that can be written.
    static let everyType: [(String, BSONValue)] = [
        ("double", .double(-12.5)),
        ("string", .string("Mbagathi Way, 3 ünïts 🚗")),
        ("empty", .string("")),
        ("zero", .string("a\u{0}b")),
        ("document", ["inner": ["deep": true]]),
        ("array", [1, "two", nil, [3.5, []], [:]]),
        ("binary", .binary(subtype: 4, bytes: [1, 2, 3, 255])),
        ("no bytes", .binary(subtype: 0, bytes: [])),
        ("id", .id(id)),
        ("true", .bool(true)),
        ("false", .bool(false)),
        ("date", .date(Date(timeIntervalSince1970: 1_766_493_296.789))),
        ("before", .date(Date(timeIntervalSince1970: -0.001))),
        ("null", .null),
        ("regex", .regex(pattern: "^a/b$", options: "im")),
        ("code", .javascript("return 1")),
        ("int32", .int32(.min)),
        ("timestamp", .timestamp(.max)),
        ("int64", .int64(.min)),
        ("decimal", .decimal128([0x30, 0x75, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3C, 0x30])),
        ("min", .minKey),
        ("max", .maxKey),
    ]

    /// One field of every type the specification defines, the deprecated ones included.
    static var everyByte: [UInt8] {
        var bytes = Array(Document(fields: everyType).bytes.dropLast())
        bytes += [0x06] + named("undefined")
        bytes += [0x0E] + named("symbol") + [4, 0, 0, 0] + Array("sym".utf8) + [0]
        bytes += [0x0C] + named("pointer") + [3, 0, 0, 0] + Array("db".utf8) + [0] + id.bytes
        let text: [UInt8] = [2, 0, 0, 0] + Array("f".utf8) + [0]
        bytes += [0x0F] + named("scoped") + [15, 0, 0, 0] + text + [5, 0, 0, 0, 0]
        bytes += [0]
        bytes.replaceSubrange(0..<4, with: prefix(bytes.count))
        return bytes
    }

    static func named(_ name: String) -> [UInt8] { Array(name.utf8) + [0] }

    static func prefix(_ count: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }

    /// A document of one field made from its bytes after the length prefix.
    static func framed(_ body: [UInt8]) -> [UInt8] { prefix(body.count + 5) + body + [0] }
}

extension ObjectID {
    /// An id whose last four bytes are 5, 6, 7, 8.
    fileprivate init(high: UInt64) {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64($0))) } + [5, 6, 7, 8]
        self = ObjectID(bytes: bytes) ?? ObjectID()
    }
}
