public import BSON
public import RoadsideRules

/// A provider as a customer sees him before acceptance (decision 14): no phone, no e-mail, and only roughly where.
public struct NearbyProvider: Sendable, Hashable {
    public let id: ObjectID
    public let number: Int64
    public let name: String
    /// As the provider wrote them.
    public let specializations: [String]
    public let capabilities: Set<String>
    public let experienceYears: Int
    public let serviceRadiusKm: Double
    public let rating: Double
    public let ratingCount: Int
    public let availability: Availability
    /// Masked (`+2547•••678`); in full only where the setting `contactBeforeAccept` says so (K37).
    public let phone: String
    public let email: String
    /// Rounded to three decimals.
    public let location: GeoPoint
    /// In a straight line, one decimal.
    public let distanceKm: Double

    init(_ found: ProviderSearch.Found, showingContact: Bool) {
        let profile = found.profile
        id = profile.id
        number = profile.number
        name = profile.name
        specializations = profile.specializations
        capabilities = profile.capabilities
        experienceYears = profile.experienceYears
        serviceRadiusKm = profile.serviceRadiusKm
        rating = profile.rating
        ratingCount = profile.ratingCount
        availability = profile.availability
        phone = showingContact ? profile.phone : ContactRules.masked(phone: profile.phone)
        email = showingContact ? profile.email : ContactRules.masked(email: profile.email)
        location = found.point.rounded
        distanceKm = Kilometres.shown(metres: found.metres)
    }
}
