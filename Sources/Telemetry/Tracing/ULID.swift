public import FoundationEssentials

/// Names that sort by the time they were given: 48 bits of milliseconds and 80 of chance, in Crockford's base 32
/// (github.com/ulid/spec). For requests; nothing secret is made of them.
public enum ULID {
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    /// Characters of one.
    public static let length = 26

    /// A new one.
    public static func make(at time: Date = Date()) -> String {
        let milliseconds = UInt64(max(0, time.timeIntervalSince1970 * 1000))
        return text(milliseconds, UInt16(truncatingIfNeeded: QuickRandom.next()), QuickRandom.next())
    }

    /// - Parameters:
    ///   - milliseconds: since 1970; its lower 48 bits count.
    ///   - high, low: the 80 bits of chance.
    static func text(_ milliseconds: UInt64, _ high: UInt16, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: length) { bytes in
            for place in 0..<10 {
                bytes[place] = digits[Int(milliseconds >> UInt64(45 - 5 * place) & 31)]
            }
            // 16 bits are three digits and one bit of the fourth.
            let top = UInt64(high) << 4 | low >> 60
            for place in 0..<4 { bytes[10 + place] = digits[Int(top >> UInt64(15 - 5 * place) & 31)] }
            for place in 0..<12 { bytes[14 + place] = digits[Int(low >> UInt64(55 - 5 * place) & 31)] }
            return length
        }
    }
}
