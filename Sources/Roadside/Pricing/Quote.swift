public import RoadsideRules

/// What a request would cost, line by line. Nothing is reserved and nothing written by asking for one.
public struct Quote: Sendable {
    public let serviceType: String
    public let requirements: JobRequirements
    public let lines: [PriceLine]
    /// The sum of the lines.
    public let total: Money
    /// The reference data it was made with.
    public let pricesVersion: String

    init(terms: JobTerms, estimate: PriceEstimate) {
        serviceType = terms.type.code
        requirements = terms.requirements
        lines = estimate.lines
        total = estimate.total
        pricesVersion = terms.pricesVersion
    }
}
