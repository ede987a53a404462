import BSON

/// What a provider comes in, in his own words (K18, K19): its kind, and the number it is registered by.
public struct ProviderVehicle: Sendable, Hashable {
    /// At most 60 characters each; empty for what he has not told.
    public var type: String
    public var registration: String

    public init(type: String, registration: String = "") {
        self.type = type
        self.registration = registration
    }
}

extension ProviderVehicle {
    init?(_ document: Document?) {
        guard let document else { return nil }
        self.init(type: document.get("type") ?? "", registration: document.get("registration") ?? "")
    }

    var document: Document { ["type": .string(type), "registration": .string(registration)] }
}
