/// What a job needs beyond its service type: how much of which fuel, or what has to be towed.
public struct JobRequirements: Sendable, Hashable {
    public var fuel: FuelOrder?
    public var tow: TowNeed?

    public init(fuel: FuelOrder? = nil, tow: TowNeed? = nil) {
        self.fuel = fuel
        self.tow = tow
    }

    public var isEmpty: Bool { fuel == nil && tow == nil }
}

/// So much of one fuel.
public struct FuelOrder: Sendable, Hashable {
    /// Code of a ``Fuel``, in any spelling of case, spaces and hyphens.
    public var fuel: String
    public var millilitres: Int64

    public init(fuel: String, millilitres: Int64) {
        self.fuel = fuel
        self.millilitres = millilitres
    }

    /// What may be ordered: 1 to 60 litres (contracts F3), for a motorcycle's tank up to a full one of a car.
    public static let millilitreLimits: ClosedRange<Int64> = 1000...60_000
}

/// What has to be towed.
public struct TowNeed: Sendable, Hashable {
    /// Code of a ``VehicleType``, in any spelling of case, spaces and hyphens.
    public var vehicleType: String
    /// As it stands, when the customer knows it; it may ask for a greater truck than the kind of vehicle does.
    public var massKg: Int64?
    /// The wheels do not turn.
    public var wheelsLocked: Bool

    public init(vehicleType: String, massKg: Int64? = nil, wheelsLocked: Bool = false) {
        self.vehicleType = vehicleType
        self.massKg = massKg
        self.wheelsLocked = wheelsLocked
    }
}
