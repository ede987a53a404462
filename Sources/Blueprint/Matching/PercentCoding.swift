/// Percent-encoding of RFC 3986, strict in both directions.
enum PercentCoding {
    /// Appends `bytes` with escapes resolved.
    ///
    /// - Parameter plusIsSpace: The rule of HTML forms, right in a query and wrong in a path.
    /// - Returns: `false` when a `%` is not followed by two hexadecimal digits.
    static func decode(
        _ bytes: some Sequence<UInt8>, plusIsSpace: Bool = false, into output: inout [UInt8]
    ) -> Bool {
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = iterator.next().flatMap(hexValue), let low = iterator.next().flatMap(hexValue) else {
                    return false
                }
                output.append(high << 4 | low)
            } else {
                output.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return true
    }

    /// Everything but the unreserved characters is escaped, so the result is safe in a path segment and in a query.
    static func encode(_ text: String) -> String {
        encode(text, keeping: [])
    }

    /// As ``encode(_:)``, but what a path segment may contain literally stays readable.
    static func encodeLiteral(_ text: String) -> String {
        encode(text, keeping: Array("!$&'()*+,;=:@".utf8))
    }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    private static func encode(_ text: String, keeping kept: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                output.append(byte)
            case _ where kept.contains(byte):
                output.append(byte)
            default:
                output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
