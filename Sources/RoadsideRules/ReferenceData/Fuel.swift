/// A fuel that can be brought to the scene.
public struct Fuel: Sendable, Hashable {
    /// `petrol`.
    public let code: String
    public let title: String
    /// A provider who brings it has this one.
    public let capability: String
    public let pricePerLitre: Money

    public init(code: String, title: String, capability: String, pricePerLitre: Money) {
        self.code = code
        self.title = title
        self.capability = capability
        self.pricePerLitre = pricePerLitre
    }

    /// What so much of it costs, rounded once, a half up.
    public func price(ofMillilitres amount: Int64) -> Money { pricePerLitre.scaled(by: amount, over: 1000) }
}
