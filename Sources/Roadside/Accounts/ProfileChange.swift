public import RoadsideRules

/// A partial change of one's own profile: what is absent stays. The fields of a provider are ignored for anybody else.
public struct ProfileChange: Sendable {
    public var name: String?
    /// May only repeat the number there is.
    public var phone: String?
    public var vehicle: VehicleFacts?
    public var specializations: [String]?
    /// Codes of the fuels carried; empty stands for all of them.
    public var fuelTypes: [String]?
    public var experienceYears: Int?
    public var serviceRadiusKm: Double?
    public var isAvailable: Bool?
    /// A new base position; it counts until the next live one (decision 23).
    public var location: GeoPoint?
    public var photo: PhotoChange?

    public init(
        name: String? = nil, phone: String? = nil, vehicle: VehicleFacts? = nil, specializations: [String]? = nil,
        fuelTypes: [String]? = nil, experienceYears: Int? = nil, serviceRadiusKm: Double? = nil,
        isAvailable: Bool? = nil,
        location: GeoPoint? = nil, photo: PhotoChange? = nil
    ) {
        self.name = name
        self.phone = phone
        self.vehicle = vehicle
        self.specializations = specializations
        self.fuelTypes = fuelTypes
        self.experienceYears = experienceYears
        self.serviceRadiusKm = serviceRadiusKm
        self.isAvailable = isAvailable
        self.location = location
        self.photo = photo
    }
}
