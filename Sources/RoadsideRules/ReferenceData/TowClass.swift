/// A class of tow trucks: what it lifts and what it costs.
public struct TowClass: Sendable, Hashable {
    /// `light`.
    public let code: String
    public let title: String
    /// A provider with such a truck has this one.
    public let capability: String
    /// Capabilities that come with it: a heavy truck tows light vehicles, too.
    public let includes: [String]
    /// Words of a provider's own that amount to the class.
    public let skills: [String]
    /// The heaviest vehicle it takes, in kilograms.
    public let greatestMassKg: Int64
    /// Of which whoever drives such a truck needs one; empty when the installation asks for none.
    public let licenceClasses: Set<String>
    public let tariff: Tariff

    public init(
        code: String, title: String, capability: String, includes: [String] = [], skills: [String] = [],
        greatestMassKg: Int64, licenceClasses: Set<String> = [], tariff: Tariff
    ) {
        self.code = code
        self.title = title
        self.capability = capability
        self.includes = includes
        self.skills = skills
        self.greatestMassKg = greatestMassKg
        self.licenceClasses = Set(licenceClasses.map(Licence.normalized))
        self.tariff = tariff
    }

    var capabilities: Set<String> { Set(includes + [capability]) }
}

/// A kind of vehicle that may have to be towed, and the least class of truck for it.
public struct VehicleType: Sendable, Hashable {
    /// `saloon`.
    public let code: String
    public let title: String
    /// Code of a ``TowClass``.
    public let towClass: String

    public init(code: String, title: String, towClass: String) {
        self.code = code
        self.title = title
        self.towClass = towClass
    }
}

/// What is brought besides the truck, for a fixed price.
public struct Equipment: Sendable, Hashable {
    /// What makes it necessary.
    public enum Occasion: String, CaseIterable, Sendable, Hashable {
        case wheelsLocked = "wheels_locked"
    }

    /// `dolly`.
    public let code: String
    public let title: String
    public let occasion: Occasion
    public let price: Money
    /// Codes of what does as well, for the same price.
    public let alternatives: [String]

    public init(code: String, title: String, occasion: Occasion, price: Money, alternatives: [String] = []) {
        self.code = code
        self.title = title
        self.occasion = occasion
        self.price = price
        self.alternatives = alternatives
    }

    /// It and what does as well.
    var codes: Set<String> { Set(alternatives + [code]) }
}
