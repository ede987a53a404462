public import FoundationEssentials

/// One value of a BSON document.
///
/// The deprecated types of the specification are read as their nearest relative: undefined as ``null``, a symbol as
/// ``string(_:)``, code with scope as ``javascript(_:)`` and a pointer as its ``id(_:)``.
public enum BSONValue: Sendable, Hashable {
    case double(Double)
    case string(String)
    case document(Document)
    case array([BSONValue])
    case binary(subtype: UInt8, bytes: [UInt8])
    case id(ObjectID)
    case bool(Bool)
    /// Stored in whole milliseconds; see ``FoundationEssentials/Date/millisecondsSince1970``.
    case date(Date)
    case null
    // Boxed, so that two texts do not widen every value.
    indirect case regex(pattern: String, options: String)
    case javascript(String)
    case int32(Int32)
    /// The server's replication time: seconds in the upper half, a counter in the lower.
    case timestamp(UInt64)
    case int64(Int64)
    /// Exactly sixteen bytes, IEEE 754-2008 decimal in its binary integer form, little-endian.
    case decimal128([UInt8])
    case minKey
    case maxKey
}

extension BSONValue {
    /// A Swift integer, stored in 64 bits.
    public static func int(_ value: Int) -> BSONValue { .int64(Int64(value)) }

    /// Any value that knows its BSON form.
    public init(_ value: some BSONWritable) { self = value.bson }

    /// The type byte under which the value is stored.
    public var type: BSONType {
        switch self {
        case .double: .double
        case .string: .string
        case .document: .document
        case .array: .array
        case .binary: .binary
        case .id: .id
        case .bool: .bool
        case .date: .date
        case .null: .null
        case .regex: .regex
        case .javascript: .javascript
        case .int32: .int32
        case .timestamp: .timestamp
        case .int64: .int64
        case .decimal128: .decimal128
        case .minKey: .minKey
        case .maxKey: .maxKey
        }
    }
}

extension BSONValue: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self = .string(value) }
}

extension BSONValue: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self = .int64(value) }
}

extension BSONValue: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Double) { self = .double(value) }
}

extension BSONValue: ExpressibleByBooleanLiteral {
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension BSONValue: ExpressibleByNilLiteral {
    public init(nilLiteral: ()) { self = .null }
}

extension BSONValue: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: BSONValue...) { self = .array(elements) }
}

extension BSONValue: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, BSONValue)...) { self = .document(Document(fields: elements)) }
}
