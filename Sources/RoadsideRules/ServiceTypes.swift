/// A catalogue of service types, in the order in which it is shown.
public struct ServiceTypes: Sendable, Hashable {
    public let all: [ServiceType]

    public init(_ all: [ServiceType]) {
        self.all = all
    }

    /// The type of this code, in any spelling of case, spaces and hyphens: `Fuel Delivery` is `fuel_delivery`.
    public subscript(code: String) -> ServiceType? {
        let code = Capabilities.normalized(code)
        return all.first { $0.code == code }
    }

    public var codes: [String] { all.map(\.code) }

    /// The seven types of D29. The breakdown's 1 500 KES is D28's sample estimate; towing's 1 500 KES and 50 KES for a
    /// loaded kilometre are the light tow of the second source document; 5 free kilometres, 50 KES beyond and the
    /// other call-outs are ours.
    public static let standard = ServiceTypes([
        ServiceType(
            code: "breakdown", title: "Breakdown repair", family: .repair, capability: Capabilities.breakdown,
            tariff: kenya(shillings: 1500)),
        ServiceType(
            code: "towing", title: "Towing", family: .towing, capability: Capabilities.towLight,
            needsDestination: true, tariff: kenya(shillings: 1500, loaded: 50)),
        ServiceType(
            code: "fuel_delivery", title: "Fuel delivery", family: .fuel, capability: Capabilities.fuelDelivery,
            tariff: kenya(shillings: 1000)),
        ServiceType(
            code: "tyre_change", title: "Tyre change", family: .repair, capability: Capabilities.tyreChange,
            tariff: kenya(shillings: 1200)),
        ServiceType(
            code: "battery_jump", title: "Battery jump start", family: .repair, capability: Capabilities.batteryJump,
            tariff: kenya(shillings: 1000)),
        ServiceType(
            code: "lockout", title: "Lockout", family: .repair, capability: Capabilities.lockout,
            tariff: kenya(shillings: 1500)),
        ServiceType(
            code: "mechanic_dispatch", title: "Mechanic to your place", family: .repair,
            capability: Capabilities.breakdown, tariff: kenya(shillings: 1500)),
    ])

    private static func kenya(shillings: Int64, loaded: Int64 = 0) -> Tariff {
        Tariff(
            callOut: Money(minorUnits: shillings * 100), freeMetres: 5000, perKilometre: 50 * 100,
            perLoadedKilometre: loaded * 100)
    }
}
