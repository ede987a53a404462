public import FoundationEssentials

/// The values of the fields a reader has stepped over. Those with a type in their name are nil for fields of another.
extension BSONReader {
    /// The value of any field.
    public func value(_ field: Field) -> BSONValue {
        let start = field.value.lowerBound
        switch field.type {
        case .double: return .double(Double(bitPattern: int(start, UInt64.self)))
        case .string, .symbol: return .string(text(prefixedText(at: start)))
        case .document: return .document(Document(adopting: Array(bytes[field.value])))
        case .array:
            var elements: [BSONValue] = []
            var reader = nested(field)
            while let element = reader.advance() { elements.append(reader.value(element)) }
            return .array(elements)
        case .binary: return .binary(subtype: bytes[start + 4], bytes: Array(bytes[start + 5..<field.value.upperBound]))
        case .undefined, .null: return .null
        case .id: return .id(id(at: start))
        case .bool: return .bool(bytes[start] != 0)
        case .date: return .date(Date(millisecondsSince1970: int(start, Int64.self)))
        case .regex:
            let pattern = regexPattern(field)
            return .regex(pattern: text(pattern), options: text(pattern.upperBound + 1..<field.value.upperBound - 1))
        case .pointer: return .id(id(at: field.value.upperBound - 12))
        case .javascript: return .javascript(text(prefixedText(at: start)))
        case .scopedJavascript: return .javascript(text(prefixedText(at: start + 4)))
        case .int32: return .int32(int(start, Int32.self))
        case .timestamp: return .timestamp(int(start, UInt64.self))
        case .int64: return .int64(int(start, Int64.self))
        case .decimal128: return .decimal128(Array(bytes[field.value]))
        case .minKey: return .minKey
        case .maxKey: return .maxKey
        }
    }

    public func string(_ field: Field) -> String? {
        field.type == .string ? text(prefixedText(at: field.value.lowerBound)) : nil
    }

    public func id(_ field: Field) -> ObjectID? { field.type == .id ? id(at: field.value.lowerBound) : nil }

    public func bool(_ field: Field) -> Bool? { field.type == .bool ? bytes[field.value.lowerBound] != 0 : nil }

    public func date(_ field: Field) -> Date? {
        field.type == .date ? Date(millisecondsSince1970: int(field.value.lowerBound, Int64.self)) : nil
    }

    public func document(_ field: Field) -> Document? {
        field.type == .document ? Document(adopting: Array(bytes[field.value])) : nil
    }

    /// A whole number of any numeric type.
    public func int64(_ field: Field) -> Int64? {
        switch field.type {
        case .int64: int(field.value.lowerBound, Int64.self)
        case .int32: Int64(int(field.value.lowerBound, Int32.self))
        case .double: Int64(exactly: Double(bitPattern: int(field.value.lowerBound, UInt64.self)))
        default: nil
        }
    }

    /// A number of any numeric type that a `Double` holds exactly.
    public func double(_ field: Field) -> Double? {
        switch field.type {
        case .double: Double(bitPattern: int(field.value.lowerBound, UInt64.self))
        case .int32: Double(int(field.value.lowerBound, Int32.self))
        case .int64: Double(exactly: int(field.value.lowerBound, Int64.self))
        default: nil
        }
    }

    /// The bytes of a text whose length prefix stands at `start`.
    func prefixedText(at start: Int) -> Range<Int> {
        start + 4..<start + 3 + Int(int(start, Int32.self))
    }

    /// The pattern of a regular expression, which the reader has found to be followed by a zero byte.
    func regexPattern(_ field: Field) -> Range<Int> {
        field.value.lowerBound..<(bytes[field.value].firstIndex(of: 0) ?? field.value.lowerBound)
    }

    func id(at start: Int) -> ObjectID {
        let raw = bytes.span.bytes
        return ObjectID(
            high: UInt64(bigEndian: raw.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)),
            low: UInt32(bigEndian: raw.unsafeLoadUnaligned(fromByteOffset: start + 8, as: UInt32.self)))
    }
}
