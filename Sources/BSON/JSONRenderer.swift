import FoundationEssentials

/// Turns documents into JSON bytes in one walk over theirs, without building values in between.
///
/// Ids become 24 hexadecimal digits, dates ISO 8601 with milliseconds and `Z`, binary data base64, decimals their
/// digits as a string, timestamps a number, a regular expression its pattern, code its text; the two boundary keys
/// become null, as numbers without a JSON form do.
public struct JSONRenderer: Sendable {
    /// Names that are left out or written differently, sought by their bytes.
    private let table: [Rule]

    private struct Rule: Sendable {
        let name: [UInt8]
        /// The new name as a JSON string with its colon; nil leaves the field out.
        let replacement: [UInt8]?
    }

    /// - Parameters:
    ///   - rename: new names by old; they hold at every depth.
    ///   - omit: names that are left out at every depth; they win over `rename`.
    public init(rename: [String: String] = [:], omit: Set<String> = []) {
        table =
            omit.map { Rule(name: Array($0.utf8), replacement: nil) }
            + rename.map { old, new in
                var bytes: [UInt8] = []
                bytes.append(jsonString: new)
                bytes.append(UInt8(ascii: ":"))
                return Rule(name: Array(old.utf8), replacement: bytes)
            }
    }

    /// Appends the document as a JSON object.
    public func write(_ document: Document, into bytes: inout [UInt8]) {
        object(BSONReader(document), into: &bytes)
    }

    /// The document as an encoded JSON object.
    public func json(_ document: Document) -> JSON {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(document.bytes.count * 3 / 2 + 16)
        write(document, into: &bytes)
        return .encoded(bytes)
    }

    private func object(_ fields: BSONReader, into bytes: inout [UInt8]) {
        var reader = fields
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        while let field = reader.advance() {
            let rule = table.first { reader.isKey(field, $0.name) }
            if let rule, rule.replacement == nil { continue }
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            if let replacement = rule?.replacement {
                bytes.append(contentsOf: replacement)
            } else {
                reader.writeString(field.key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
            }
            value(field, of: reader, into: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private func array(_ elements: BSONReader, into bytes: inout [UInt8]) {
        var reader = elements
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        while let field = reader.advance() {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            value(field, of: reader, into: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private func value(_ field: BSONReader.Field, of reader: BSONReader, into bytes: inout [UInt8]) {
        let start = field.value.lowerBound
        switch field.type {
        case .string, .symbol, .javascript: reader.writeString(reader.prefixedText(at: start), into: &bytes)
        case .scopedJavascript: reader.writeString(reader.prefixedText(at: start + 4), into: &bytes)
        case .regex: reader.writeString(reader.regexPattern(field), into: &bytes)
        case .document: object(reader.nested(field), into: &bytes)
        case .array: array(reader.nested(field), into: &bytes)
        case .id: reader.writeHex(start..<start + 12, into: &bytes)
        case .pointer: reader.writeHex(field.value.upperBound - 12..<field.value.upperBound, into: &bytes)
        case .int32: bytes.append(jsonInt: Int64(reader.int(start, Int32.self)))
        case .int64: bytes.append(jsonInt: reader.int(start, Int64.self))
        case .timestamp: bytes.append(contentsOf: reader.int(start, UInt64.self).description.utf8)
        case .double: bytes.append(jsonDouble: Double(bitPattern: reader.int(start, UInt64.self)))
        case .bool: bytes.append(ascii: reader.bytes[start] != 0 ? "true" : "false")
        case .date:
            bytes.append(UInt8(ascii: "\""))
            bytes.append(iso8601: reader.int(start, Int64.self))
            bytes.append(UInt8(ascii: "\""))
        case .binary: bytes.append(base64: reader.bytes[start + 5..<field.value.upperBound])
        case .decimal128:
            bytes.append(
                jsonString: Decimal128Text.text(
                    low: reader.int(start, UInt64.self), high: reader.int(start + 8, UInt64.self)))
        case .null, .undefined, .minKey, .maxKey: bytes.append(ascii: "null")
        }
    }
}

extension BSONReader {
    fileprivate func isKey(_ field: Field, _ name: [UInt8]) -> Bool {
        name.count == field.key.count && name.withUnsafeBufferPointer { isKey(field, $0) }
    }

    fileprivate func writeString(_ range: Range<Int>, into target: inout [UInt8]) {
        bytes.withUnsafeBufferPointer { source in
            target.append(jsonString: UnsafeBufferPointer(rebasing: source[range]))
        }
    }

    fileprivate func writeHex(_ range: Range<Int>, into target: inout [UInt8]) {
        target.append(UInt8(ascii: "\""))
        for byte in bytes[range] {
            target.append(ObjectID.digit(byte >> 4))
            target.append(ObjectID.digit(byte & 0xF))
        }
        target.append(UInt8(ascii: "\""))
    }
}

extension [UInt8] {
    /// Appends bytes as a JSON string of base64 (RFC 4648, padded).
    fileprivate mutating func append(base64 bytes: ArraySlice<UInt8>) {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        append(UInt8(ascii: "\""))
        var rest = bytes
        while !rest.isEmpty {
            let group = rest.prefix(3)
            rest = rest.dropFirst(3)
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                let digit = Int(bits >> UInt32(18 - 6 * index) & 0x3F)
                append(index <= group.count ? alphabet.utf8Start[digit] : UInt8(ascii: "="))
            }
        }
        append(UInt8(ascii: "\""))
    }
}
