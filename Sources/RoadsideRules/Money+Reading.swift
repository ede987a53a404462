extension Money {
    /// An exact amount as text, with just the currency's decimals: `1500.00`. No sign, no exponent, no grouping; at most
    /// nine digits before the point.
    public init?(amount text: String, _ currency: Currency) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == (currency.scale == 0 ? 1 : 2), (1...9).contains(parts[0].count),
            parts.count == 1 || parts[1].count == currency.scale,
            parts.allSatisfy({ $0.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let digits = parts.joined().reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
        self.init(minorUnits: digits, currency)
    }
}
