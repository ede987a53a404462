public import FoundationEssentials

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
    /// What they were made with: rules and zones of one set.
    let reference: ReferenceData

    /// - Parameters:
    ///   - metresToScene: the provider's way to the scene; 0 while nobody is chosen.
    ///   - loadedMetres: the way from the scene to the destination, for tariffs that price it.
    ///   - factors: surcharges and discounts, in order.
    ///   - surcharges: fixed amounts, beneath the factors.
    public func estimate(
        metresToScene: Double = 0, loadedMetres: Double = 0, factors: [PriceFactor] = [],
        surcharges: [PriceLine] = []
    ) -> PriceEstimate {
        PriceEstimate(
            for: type, tariff: tariff, metresToScene: metresToScene, loadedMetres: loadedMetres,
            equipment: equipment, fuel: fuel, factors: factors, surcharges: surcharges,
            minimum: reference.pricing.minimum, taxBasisPoints: reference.pricing.taxBasisPoints)
    }

    /// The same for a place and a time, whose hour by the zone's clocks and whose zone have prices of their own.
    ///
    /// - Parameter moment: when help is wanted: now, or the time of the appointment.
    public func estimate(
        at place: GeoPoint, _ moment: Date, metresToScene: Double = 0, loadedMetres: Double = 0
    ) -> PriceEstimate {
        let calendar = reference.zone(at: place)?.calendar ?? .kenya
        let factor = reference.pricing.factor(at: moment, by: calendar)
        let surcharge = reference.zone(at: place, .surcharge).flatMap { zone in
            reference.pricing.zoneSurcharges.first { $0.zone == zone.code }.map {
                PriceLine(code: "zone", title: zone.title, amount: $0.amount)
            }
        }
        return estimate(
            metresToScene: metresToScene, loadedMetres: loadedMetres, factors: [factor].compactMap(\.self),
            surcharges: [surcharge].compactMap(\.self))
    }

    /// So long a quote of them holds.
    public var quoteSeconds: Int64 { reference.pricing.quoteSeconds }

    /// What the job may cost beyond its price.
    public var fees: FeeTerms {
        let pricing = reference.pricing
        return FeeTerms(
            callOut: tariff.callOut, cancellation: pricing.cancellation, waiting: pricing.waiting,
            taxBasisPoints: pricing.taxBasisPoints)
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
