import FoundationEssentials

/// Writing BSON at the end of a byte array.
extension [UInt8] {
    /// Appends one field. A zero byte in the key, which BSON cannot hold, is replaced: it must neither cut the key
    /// short nor shift the bytes after it.
    mutating func append(key: String, value: BSONValue) {
        append(value.type.rawValue)
        append(cstring: key)
        append(value: value)
    }

    /// Drops the closing zero byte so that fields can follow. Bytes too short for a document become the empty one.
    mutating func reopenDocument() {
        if count < 5 { self = [5, 0, 0, 0, 0] }
        removeLast()
    }

    /// Writes the closing zero byte and the length of the document that began at `start`.
    mutating func closeDocument(from start: Int) {
        append(0)
        let length = UInt32(truncatingIfNeeded: count - start)
        self[start] = UInt8(truncatingIfNeeded: length)
        self[start + 1] = UInt8(truncatingIfNeeded: length >> 8)
        self[start + 2] = UInt8(truncatingIfNeeded: length >> 16)
        self[start + 3] = UInt8(truncatingIfNeeded: length >> 24)
    }

    mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    mutating func append(id: ObjectID) {
        Swift.withUnsafeBytes(of: id.halves.high.bigEndian) { append(contentsOf: $0) }
        Swift.withUnsafeBytes(of: id.halves.low.bigEndian) { append(contentsOf: $0) }
    }

    private mutating func append(cstring text: String) {
        let start = count
        append(contentsOf: text.utf8)
        if self[start...].contains(0) {
            removeSubrange(start...)
            for byte in text.utf8 {
                if byte == 0 { append(contentsOf: "\u{FFFD}".utf8) } else { append(byte) }
            }
        }
        append(0)
    }

    private mutating func append(text: String) {
        let start = count
        append(littleEndian: Int32(0))
        append(contentsOf: text.utf8)
        append(0)
        let length = Int32(truncatingIfNeeded: count - start - 4)
        for index in 0..<4 { self[start + index] = UInt8(truncatingIfNeeded: length >> (8 * Int32(index))) }
    }

    private mutating func append(value: BSONValue) {
        switch value {
        case .double(let number): append(littleEndian: number.bitPattern)
        case .string(let text), .javascript(let text): append(text: text)
        case .document(let document): append(contentsOf: document.bytes)
        case .array(let elements):
            let start = count
            append(littleEndian: Int32(0))
            for (index, element) in elements.enumerated() {
                append(element.type.rawValue)
                append(decimal: index)
                append(0)
                append(value: element)
            }
            closeDocument(from: start)
        case .binary(let subtype, let bytes):
            append(littleEndian: Int32(truncatingIfNeeded: bytes.count))
            append(subtype)
            append(contentsOf: bytes)
        case .id(let id): append(id: id)
        case .bool(let flag): append(flag ? 1 : 0)
        case .date(let date): append(littleEndian: date.millisecondsSince1970)
        case .null, .minKey, .maxKey: break
        case .regex(let pattern, let options):
            append(cstring: pattern)
            append(cstring: options)
        case .int32(let number): append(littleEndian: number)
        case .timestamp(let time): append(littleEndian: time)
        case .int64(let number): append(littleEndian: number)
        case .decimal128(let bytes):
            precondition(bytes.count == 16, "a decimal128 is sixteen bytes")
            append(contentsOf: bytes)
        }
    }

    /// Appends the digits of a number, the names under which BSON stores array elements.
    mutating func append(decimal number: Int) {
        if number >= 0 && number < 10 {
            append(0x30 + UInt8(number))
        } else {
            append(contentsOf: number.description.utf8)
        }
    }
}
