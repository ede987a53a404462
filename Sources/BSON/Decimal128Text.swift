/// IEEE 754-2008 decimal128 in its binary integer form, written as digits.
enum Decimal128Text {
    /// The number as text, in the forms of the BSON decimal128 specification: `300.00`, `1E+3`, `NaN`, `-Infinity`.
    static func text(low: UInt64, high: UInt64) -> String {
        let sign = high >> 63 == 1 ? "-" : ""
        let combination = high >> 58 & 0x1F
        if combination == 0x1F { return "NaN" }
        if combination == 0x1E { return sign + "Infinity" }
        // With the two leading combination bits set the coefficient would exceed 34 digits: it counts as zero.
        let isLarge = combination >> 3 == 3
        let exponent = Int(high >> (isLarge ? 47 : 49) & 0x3FFF) - 6176
        var coefficient = isLarge ? 0 : UInt128(high & 0x1_FFFF_FFFF_FFFF) << 64 | UInt128(low)
        if coefficient > UInt128(9_999_999_999_999_999) * 1_000_000_000_000_000_000 + 999_999_999_999_999_999 {
            coefficient = 0
        }
        return sign + text(digits: coefficient.description, exponent: exponent)
    }

    private static func text(digits: String, exponent: Int) -> String {
        let scientific = digits.count - 1 + exponent
        guard exponent <= 0, scientific >= -6 else {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            return "\(digits.prefix(1))\(fraction)E\(scientific < 0 ? "" : "+")\(scientific)"
        }
        if exponent == 0 { return digits }
        let zeros = String(repeating: "0", count: max(0, 1 - exponent - digits.count))
        let padded = zeros + digits
        return padded.dropLast(-exponent) + "." + padded.suffix(-exponent)
    }
}
