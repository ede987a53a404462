import FoundationEssentials

/// A cursor over the fields of a document that copies nothing until a value is asked for.
///
/// Every length is checked against the bytes before it is believed. The loop of a hot path is
/// ```swift
/// var reader = BSONReader(document)
/// while let field = try reader.next() {
///     if reader.isKey(field, "status") { status = reader.string(field) }
/// }
/// ```
public struct BSONReader: Sendable {
    /// Where one field lies. It is meaningful only to the reader that returned it and to readers of the same bytes.
    public struct Field: Sendable {
        public let type: BSONType
        /// The bytes of the name without its zero byte.
        public let key: Range<Int>
        /// The bytes of the value, length prefix included.
        public let value: Range<Int>
    }

    let bytes: [UInt8]
    /// Where the next field begins.
    private var offset: Int
    /// Where the closing zero byte stands.
    private let end: Int

    /// A reader before the first field. Bytes that are not framed as one document read as an empty one.
    public init(_ document: Document) { self.init(document.bytes, 0..<document.bytes.count) }

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        if Self.isFramed(bytes, range) {
            offset = range.lowerBound + 4
            end = range.upperBound - 1
        } else {
            offset = range.upperBound
            end = range.upperBound
        }
    }

    /// The next field, or nil after the last.
    ///
    /// - Throws: ``BSONError`` when the field does not fit its document; the reader then stands at its end.
    public mutating func next() throws(BSONError) -> Field? {
        guard offset < end else { return nil }
        let start = offset
        offset = end
        guard let type = BSONType(rawValue: bytes[start]) else {
            throw BSONError(.unknownType(bytes[start]), offset: start)
        }
        let keyEnd = try zero(from: start + 1)
        let size = try size(of: type, at: keyEnd + 1)
        guard size <= end - keyEnd - 1 else { throw BSONError(.truncated, offset: keyEnd + 1) }
        offset = keyEnd + 1 + size
        return Field(type: type, key: start + 1..<keyEnd, value: keyEnd + 1..<offset)
    }

    /// The next field, or nil at the end or at the first damage.
    mutating func advance() -> Field? { try? next() }

    /// The first field of that name from here on.
    public mutating func find(_ key: String) -> Field? {
        var key = key
        return key.withUTF8 { wanted in
            while let field = advance() {
                if isKey(field, wanted) { return field }
            }
            return nil
        }
    }

    /// A reader over the fields of an embedded document or array; empty for a field of another type.
    public func nested(_ field: Field) -> BSONReader {
        guard field.type == .document || field.type == .array else { return BSONReader([], 0..<0) }
        return BSONReader(bytes, field.value)
    }
}

/// Names.
extension BSONReader {
    public func key(_ field: Field) -> String { text(field.key) }

    /// Whether the field has this name, compared byte by byte.
    public func isKey(_ field: Field, _ name: StaticString) -> Bool {
        isKey(field, UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    func isKey(_ field: Field, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard name.count == field.key.count else { return false }
        let raw = bytes.span
        var at = field.key.lowerBound
        for byte in name {
            if raw[at] != byte { return false }
            at &+= 1
        }
        return true
    }
}

/// The shape of the bytes.
extension BSONReader {
    /// Whether the range holds a length prefix that names exactly the range, and a closing zero byte.
    static func isFramed(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        guard range.count >= 5, range.upperBound <= bytes.count else { return false }
        let length = bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: Int32.self)
        return Int(Int32(littleEndian: length)) == range.count && bytes[range.upperBound - 1] == 0
    }

    /// The position of the next zero byte before the end of the document.
    private func zero(from start: Int) throws(BSONError) -> Int {
        let raw = bytes.span
        var at = start
        while at < end {
            if raw[at] == 0 { return at }
            at &+= 1
        }
        throw BSONError(.missingTerminator, offset: start)
    }

    /// The length prefix at `at`, which must lie in `allowed`.
    private func length(at start: Int, atLeast minimum: Int) throws(BSONError) -> Int {
        guard end - start >= 4 else { throw BSONError(.truncated, offset: start) }
        let length = int(start, Int32.self)
        guard length >= minimum else { throw BSONError(.badLength, offset: start) }
        return Int(length)
    }

    /// A length-prefixed text: four bytes, the text, its zero byte.
    private func textSize(at start: Int) throws(BSONError) -> Int {
        let length = try length(at: start, atLeast: 1)
        guard length <= end - start - 4 else { throw BSONError(.badLength, offset: start) }
        guard bytes[start + 3 + length] == 0 else { throw BSONError(.missingTerminator, offset: start) }
        return 4 + length
    }

    private func size(of type: BSONType, at start: Int) throws(BSONError) -> Int {
        switch type {
        case .double, .date, .timestamp, .int64: return 8
        case .int32: return 4
        case .id: return 12
        case .bool: return 1
        case .decimal128: return 16
        case .null, .undefined, .minKey, .maxKey: return 0
        case .string, .javascript, .symbol: return try textSize(at: start)
        case .pointer: return try textSize(at: start) + 12
        case .binary: return try length(at: start, atLeast: 0) + 5
        case .regex: return try zero(from: try zero(from: start) + 1) + 1 - start
        case .document, .array:
            let length = try length(at: start, atLeast: 5)
            guard length <= end - start else { throw BSONError(.badLength, offset: start) }
            guard bytes[start + length - 1] == 0 else { throw BSONError(.missingTerminator, offset: start) }
            return length
        case .scopedJavascript:
            // Length of the whole, a text of at least five bytes, a document of at least five.
            let length = try length(at: start, atLeast: 14)
            guard length <= end - start else { throw BSONError(.badLength, offset: start) }
            let text = try textSize(at: start + 4)
            guard Self.isFramed(bytes, min(start + 4 + text, start + length)..<start + length) else {
                throw BSONError(.badLength, offset: start)
            }
            return length
        }
    }

    func int<T: FixedWidthInteger & BitwiseCopyable>(_ at: Int, _: T.Type) -> T {
        T(littleEndian: bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: T.self))
    }

    func text(_ range: Range<Int>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }
}
