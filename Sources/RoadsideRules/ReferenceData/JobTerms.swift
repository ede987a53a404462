/// What a request comes to: whom it needs, and what it is priced by.
public struct JobTerms: Sendable {
    public let type: ServiceType
    /// The one capability that dispatch matches.
    public let capability: String
    /// What of the requirements belongs to this type, with codes as the reference data spells them.
    public let requirements: JobRequirements
    /// Of the ``ReferenceData`` these terms were made with.
    public let pricesVersion: String
    let tariff: Tariff
    let equipment: [Equipment]
    let fuel: (fuel: Fuel, millilitres: Int64)?

    /// - Parameters:
    ///   - metresToScene: the provider's way to the scene; 0 while nobody is chosen.
    ///   - loadedMetres: the way from the scene to the destination, for tariffs that price it.
    ///   - factors: surcharges and discounts, in order.
    public func estimate(
        metresToScene: Double = 0, loadedMetres: Double = 0, factors: [PriceFactor] = []
    ) -> PriceEstimate {
        PriceEstimate(
            for: type, tariff: tariff, metresToScene: metresToScene, loadedMetres: loadedMetres,
            equipment: equipment, fuel: fuel, factors: factors)
    }
}

/// Why a request cannot be met by what the reference data knows: every reason at once.
public struct TermsRefusal: Error, Sendable, Hashable {
    public struct Issue: Sendable, Hashable {
        /// `service_type`, `fuel`, `litres`, `vehicle_type` or `mass_kg`.
        public let field: String
        /// A sentence for the client.
        public let message: String
    }

    public let issues: [Issue]
}
