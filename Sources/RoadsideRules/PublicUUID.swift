public import BSON

/// A version-8 UUID (RFC 9562) computed from an ObjectId and back (contracts K6): nothing is stored or looked up.
///
/// A UUID leaves 122 bits free beside version and variant. From the left they carry the 96 bits of the id, so that
/// UUIDs sort by time as ids do, and then 26 check bits. The check is a cyclic code whose generator is
/// (x+1)(x⁴+x+1) times the minimal polynomials of α, α³ and α⁵ over GF(2⁷): its roots α⁰ … α⁶ give it, at any length up
/// to 127, a distance of at least 8, so up to seven flipped bits are always noticed, and a random UUID passes once in
/// 67 million.
public enum PublicUUID {
    /// Lower case, 36 characters.
    public static func encode(_ id: ObjectID) -> String {
        let (high, low) = words(of: id)
        let check = UInt64(checksum(high: high, low: low))
        // 48 bits, version, 12 bits; variant, 36 bits, 26 check bits.
        let left = high & 0xFFFF_FFFF_FFFF_0000 | 0x8000 | (high >> 4) & 0xFFF
        let right = 1 << 63 | (high & 0xF) << 58 | UInt64(low) << 26 | check
        return format(left, right)
    }

    /// `nil` for anything `encode` never wrote, except for the case of the letters.
    public static func decode(_ text: String) -> ObjectID? {
        guard let (left, right) = parse(text), (left >> 12) & 0xF == 8, right >> 62 == 2 else { return nil }
        let high = left & 0xFFFF_FFFF_FFFF_0000 | (left & 0xFFF) << 4 | (right >> 58) & 0xF
        let low = UInt32(truncatingIfNeeded: right >> 26)
        guard UInt64(checksum(high: high, low: low)) == right & 0x3FF_FFFF else { return nil }
        return ObjectID(bytes: bytes(high: high, low: low))
    }

    /// x²⁶ and the lower terms of the generator.
    private static let generator: UInt32 = 0x738_F2A7

    /// The remainder of the 96 bits, started from all ones so that the id of zeros has a check too.
    private static func checksum(high: UInt64, low: UInt32) -> UInt32 {
        var remainder: UInt32 = 0x3FF_FFFF
        for index in 0..<96 {
            let bit = index < 64 ? UInt32(truncatingIfNeeded: high >> (63 - index)) & 1 : low >> (95 - index) & 1
            let carry = (remainder >> 25) ^ bit
            remainder = (remainder << 1) & 0x3FF_FFFF
            if carry & 1 == 1 { remainder ^= generator & 0x3FF_FFFF }
        }
        return remainder
    }

    private static func words(of id: ObjectID) -> (high: UInt64, low: UInt32) {
        id.bytes.enumerated().reduce(into: (high: UInt64(0), low: UInt32(0))) { words, byte in
            if byte.offset < 8 {
                words.high = words.high << 8 | UInt64(byte.element)
            } else {
                words.low = words.low << 8 | UInt32(byte.element)
            }
        }
    }

    private static func bytes(high: UInt64, low: UInt32) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
            + (0..<4).map { UInt8(truncatingIfNeeded: low >> (24 - 8 * $0)) }
    }

    private static func format(_ left: UInt64, _ right: UInt64) -> String {
        let digits = hex(left) + hex(right)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    private static func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func parse(_ text: String) -> (UInt64, UInt64)? {
        let characters = Array(text.utf8)
        guard characters.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var count = 0
        for (index, character) in characters.enumerated() {
            if [8, 13, 18, 23].contains(index) {
                guard character == 0x2D else { return nil }
                continue
            }
            let digit: UInt8
            switch character {
            case 0x30...0x39: digit = character - 0x30
            case 0x41...0x46: digit = character - 0x37
            case 0x61...0x66: digit = character - 0x57
            default: return nil
            }
            if count < 16 { words.0 = words.0 << 4 | UInt64(digit) } else { words.1 = words.1 << 4 | UInt64(digit) }
            count += 1
        }
        return words
    }
}
