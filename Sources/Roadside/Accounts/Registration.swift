public import RoadsideRules

/// What a newcomer tells of himself, in canonical words but not yet checked.
public struct Registration: Sendable {
    /// Empty for who has none, and is called on the phone alone.
    public var email: String
    public var password: String
    public var name: String
    public var phone: String
    public var role: Role
    public var vehicle: VehicleFacts?
    public var specializations: [String]
    /// Codes of the fuels a provider carries; none stands for all of them.
    public var fuelTypes: [String]
    public var experienceYears: Int?
    public var serviceRadiusKm: Double?
    /// The base position of a provider; of a customer, where he is when he registers.
    public var location: GeoPoint?
    /// Where he lives or has his office.
    public var address: String?
    /// What a provider comes in, and his licence to drive it.
    public var ownVehicle: ProviderVehicle?
    public var licence: LicenceDraft?
    /// Turns this registration into the first admin (decision 12).
    public var bootstrapToken: String?

    public init(
        email: String, password: String, name: String, phone: String, role: Role, vehicle: VehicleFacts? = nil,
        specializations: [String] = [], fuelTypes: [String] = [], experienceYears: Int? = nil,
        serviceRadiusKm: Double? = nil,
        location: GeoPoint? = nil, bootstrapToken: String? = nil
    ) {
        self.email = email
        self.password = password
        self.name = name
        self.phone = phone
        self.role = role
        self.vehicle = vehicle
        self.specializations = specializations
        self.fuelTypes = fuelTypes
        self.experienceYears = experienceYears
        self.serviceRadiusKm = serviceRadiusKm
        self.location = location
        self.bootstrapToken = bootstrapToken
    }
}
