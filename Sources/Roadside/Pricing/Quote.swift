public import BSON
public import FoundationEssentials
public import RoadsideRules

/// What a request would cost, line by line. A customer's is kept and holds until it expires: a request that names it is
/// opened at this price.
public struct Quote: Sendable {
    /// By which a request names it; nil for whoever only looks.
    public internal(set) var id: ObjectID?
    /// By the database's clock; nil for one that is not kept.
    public internal(set) var expiresAt: Date?
    public let serviceType: String
    public let requirements: JobRequirements
    public let lines: [PriceLine]
    /// The sum of the lines.
    public let total: Money
    /// The reference data it was made with.
    public let pricesVersion: String
    let fees: FeeTerms

    init(terms: JobTerms, estimate: PriceEstimate) {
        serviceType = terms.type.code
        requirements = terms.requirements
        lines = estimate.lines
        total = estimate.total
        pricesVersion = terms.pricesVersion
        fees = terms.fees
    }
}
