/// Writing JSON: no spaces, members in their order.
extension JSON {
    /// Appends this value to `bytes`.
    public func write(into bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(ascii: "null")
        case .bool(let flag): bytes.append(ascii: flag ? "true" : "false")
        case .int(let number): bytes.append(jsonInt: number)
        case .double(let number): bytes.append(jsonDouble: number)
        case .decimal(let minorUnits, let scale): bytes.append(minorUnits: minorUnits, scale: scale)
        case .string(let text): bytes.append(jsonString: text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(into: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(jsonString: member.name)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(into: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .encoded(let encoded): bytes.append(contentsOf: encoded)
        }
    }

    public func bytes() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        write(into: &bytes)
        return bytes
    }

    /// The value as text, for logs, tests and people.
    public var text: String { String(decoding: bytes(), as: UTF8.self) }
}

extension [UInt8] {
    mutating func append(ascii text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(jsonInt number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var (rest, divisor): (UInt64, UInt64) = (number.magnitude, 1)
        while rest / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(0x30 + UInt8(truncatingIfNeeded: rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// The shortest digits that read back as the same number. Whole numbers keep `.0`.
    mutating func append(jsonDouble number: Double) {
        if number.isFinite { append(contentsOf: number.description.utf8) } else { append(ascii: "null") }
    }

    mutating func append(minorUnits: Int64, scale: Int) {
        guard scale > 0 else { return append(jsonInt: minorUnits) }
        if minorUnits < 0 { append(UInt8(ascii: "-")) }
        let digits = Array(minorUnits.magnitude.description.utf8)
        let whole = digits.dropLast(scale)
        if whole.isEmpty { append(UInt8(ascii: "0")) } else { append(contentsOf: whole) }
        append(UInt8(ascii: "."))
        for _ in Swift.min(digits.count, scale)..<scale { append(UInt8(ascii: "0")) }
        append(contentsOf: digits.suffix(scale))
    }

    mutating func append(hex id: ObjectID) {
        for index in 0..<24 { append(id.digit(index)) }
    }

    mutating func append(jsonString text: String) {
        var text = text
        text.withUTF8 { append(jsonString: $0) }
    }

    /// Appends UTF-8 as a JSON string. Quotes, backslashes and control characters are escaped, nothing else.
    mutating func append(jsonString text: UnsafeBufferPointer<UInt8>) {
        append(UInt8(ascii: "\""))
        var plain = 0
        for (index, byte) in text.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
            append(contentsOf: UnsafeBufferPointer(rebasing: text[plain..<index]))
            plain = index + 1
            append(escape: byte)
        }
        append(contentsOf: UnsafeBufferPointer(rebasing: text[plain...]))
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escape byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case 0x22, 0x5C: append(byte)
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0D: append(UInt8(ascii: "r"))
        case 0x09: append(UInt8(ascii: "t"))
        default:
            append(ascii: "u00")
            append(ObjectID.digit(byte >> 4))
            append(ObjectID.digit(byte & 0xF))
        }
    }
}
