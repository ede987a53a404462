/// Checks UTF-8 in pieces of any size, so that a bad byte is found in the fragment which brings it.
///
/// The table is that of RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF.
struct UTF8Check {
    /// Continuation bytes still to come.
    private var missing: UInt8 = 0
    /// The range of the next continuation byte.
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xBF

    /// True when no character is cut in half.
    var isComplete: Bool { missing == 0 }

    /// False as soon as the bytes so far cannot be the beginning of UTF-8 text.
    mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if missing == 0, index + 8 <= bytes.count {
                let eight = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                if eight & 0x8080_8080_8080_8080 == 0 {
                    index += 8
                    continue
                }
            }
            guard accept(bytes[index]) else { return false }
            index += 1
        }
        return true
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard (low...high).contains(byte) else { return false }
            missing -= 1
            (low, high) = (0x80, 0xBF)
            return true
        }
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, low) = (2, 0xA0)
        case 0xE1...0xEC, 0xEE...0xEF: missing = 2
        case 0xED: (missing, high) = (2, 0x9F)
        case 0xF0: (missing, low) = (3, 0x90)
        case 0xF1...0xF3: missing = 3
        case 0xF4: (missing, high) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
