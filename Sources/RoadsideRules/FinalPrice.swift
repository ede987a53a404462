/// What a finished job comes to: its quote as promised, and beneath it whatever was added since (domain §4.6). The total
/// is the plain sum of the lines.
public struct FinalPrice: Sendable, Hashable {
    public let lines: [PriceLine]
    public let total: Money

    /// - Parameters:
    ///   - quote: the promised lines; empty for a job that was not done.
    ///   - additions: fees, waiting and approved extra charges. Lines in another currency, or beyond 64 bits, are left out.
    ///   - taxBasisPoints: on the additions; the quote has its own line of tax.
    public init(quote: [PriceLine], additions: [PriceLine], taxBasisPoints: Int64 = 0, _ currency: Currency) {
        var lines: [PriceLine] = []
        var sum = Money(minorUnits: 0, currency)
        var added = Money(minorUnits: 0, currency)
        func add(_ line: PriceLine) {
            guard let next = sum.adding(line.amount) else { return }
            lines.append(line)
            sum = next
        }
        for line in quote { add(line) }
        for line in additions {
            add(line)
            added = added.adding(line.amount) ?? added
        }
        let tax = added.scaled(by: max(taxBasisPoints, 0), over: 10_000)
        if tax.minorUnits > 0 { add(PriceLine(code: "tax_on_additions", title: "Tax on what was added", amount: tax)) }
        self.lines = lines
        total = sum
    }

    /// As kept on the job.
    public init(lines: [PriceLine], total: Money) {
        self.lines = lines
        self.total = total
    }
}
