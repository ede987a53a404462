/// An exact amount: whole minor units and a currency (README decision 10). Never a floating-point number.
public struct Money: Sendable, Hashable, CustomStringConvertible {
    public var minorUnits: Int64
    public var currency: Currency

    public init(minorUnits: Int64, _ currency: Currency = .kes) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// `nil` when the currencies differ or the sum leaves 64 bits.
    public func adding(_ other: Money) -> Money? {
        guard currency == other.currency else { return nil }
        let (sum, overflow) = minorUnits.addingReportingOverflow(other.minorUnits)
        return overflow ? nil : Money(minorUnits: sum, currency)
    }

    /// `self · numerator / denominator`, rounded once, a half away from zero. Held at the ends of 64 bits.
    public func scaled(by numerator: Int64, over denominator: Int64) -> Money {
        precondition(denominator > 0, "a price is scaled over a positive number")
        let product = Int128(minorUnits) * Int128(numerator)
        let divisor = denominator.magnitude
        let (quotient, remainder) = product.magnitude.quotientAndRemainder(dividingBy: UInt128(divisor))
        let roundsUp = remainder * 2 >= UInt128(divisor)
        let magnitude = Int128(quotient) + (roundsUp ? 1 : 0)
        return Money(minorUnits: Int64(clamping: product < 0 ? -magnitude : magnitude), currency)
    }

    /// `KES 1500.00`.
    public var description: String { "\(currency.code) \(amount)" }

    /// The number alone, with the currency's decimals: `1500.00`.
    public var amount: String {
        let digits = String(minorUnits.magnitude)
        let padded = String(repeating: "0", count: max(currency.scale + 1 - digits.count, 0)) + digits
        let whole = (minorUnits < 0 ? "-" : "") + padded.dropLast(currency.scale)
        return currency.scale == 0 ? whole : "\(whole).\(padded.suffix(currency.scale))"
    }
}

/// An ISO 4217 currency: its code and how many decimals its minor unit has.
public struct Currency: Sendable, Hashable {
    public let code: String
    public let scale: Int

    /// Three capital letters; decimals 0 … 4.
    public init?(code: String, scale: Int = 2) {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (65...90).contains($0) }), (0...4).contains(scale) else {
            return nil
        }
        self.init(known: code, scale: scale)
    }

    private init(known code: String, scale: Int) {
        self.code = code
        self.scale = scale
    }

    /// Kenya shilling, the default.
    public static let kes = Currency(known: "KES", scale: 2)
}
