/// One kind of help a customer may ask for: what it takes and what it costs.
public struct ServiceType: Sendable, Hashable {
    /// The stored and spoken word: `fuel_delivery`.
    public let code: String
    public let title: String
    public let family: Family
    /// The provider must have this one (`Capabilities`).
    public let capability: String
    /// Words of a provider's own that amount to the capability; the code is one by itself.
    public let skills: [String]
    /// Every general roadside mechanic is taken to have the capability.
    public let isGeneral: Bool
    /// The vehicle goes somewhere: a request names a destination, and loaded kilometres are priced.
    public let needsDestination: Bool
    public let tariff: Tariff

    public init(
        code: String, title: String, family: Family, capability: String, skills: [String] = [],
        isGeneral: Bool = false, needsDestination: Bool = false, tariff: Tariff
    ) {
        self.code = code
        self.title = title
        self.family = family
        self.capability = capability
        self.skills = skills
        self.isGeneral = isGeneral
        self.needsDestination = needsDestination
        self.tariff = tariff
    }

    /// What is sent to the scene.
    public enum Family: String, CaseIterable, Sendable, Hashable {
        case repair, towing, fuel
    }
}

/// The numbers an estimate is made of (domain §4.6). All amounts in one currency.
public struct Tariff: Sendable, Hashable {
    /// Paid for coming at all.
    public let callOut: Money
    /// Metres to the scene that the call-out covers.
    public let freeMetres: Int64
    /// Minor units for each kilometre to the scene beyond the free ones.
    public let perKilometre: Int64
    /// Minor units for each kilometre with the vehicle loaded.
    public let perLoadedKilometre: Int64

    public init(callOut: Money, freeMetres: Int64, perKilometre: Int64, perLoadedKilometre: Int64 = 0) {
        self.callOut = callOut
        self.freeMetres = max(freeMetres, 0)
        self.perKilometre = max(perKilometre, 0)
        self.perLoadedKilometre = max(perLoadedKilometre, 0)
    }
}
