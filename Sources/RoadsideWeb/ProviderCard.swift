public import BSON
public import Roadside
public import RoadsideRules

/// A provider as one viewer may see him (decision 14): to himself and to staff as he is, to anybody else with masked
/// contact data and only roughly where he is. The parties of a live job see more of each other, in the job.
public struct ProviderCard: Sendable {
    public let id: PublicID
    public let name: String
    public let phone: String
    public let email: String
    public let specializations: [String]
    public let fuelTypes: [String]
    public let experienceYears: Int
    public let serviceRadiusKm: Double
    public let rating: Double
    public let ratingCount: Int
    public let availability: Availability
    public let isVerified: Bool
    public let location: GeoPoint?
    public let photoID: ObjectID?
    /// Its number masked for anybody else.
    public let licence: Licence?
    /// What he carries himself.
    public let equipment: [String]
    /// When he works, in which truck, and how his day stands; nil for anybody else.
    public let work: (plan: ProviderWork, load: Workload)?

    /// - Parameter workload: what is shown of his day; nil hides it, and all that is his own business.
    public init(_ profile: ProviderProfile, workload: Workload?) {
        let isOpen = workload != nil
        id = PublicID(profile.id, number: profile.number)
        name = profile.name
        phone = isOpen ? profile.phone : ContactRules.masked(phone: profile.phone)
        email = isOpen ? profile.email : ContactRules.masked(email: profile.email)
        specializations = profile.specializations
        fuelTypes = profile.fuelTypes
        experienceYears = profile.experienceYears
        serviceRadiusKm = profile.serviceRadiusKm
        rating = profile.rating
        ratingCount = profile.ratingCount
        availability = profile.availability
        isVerified = profile.isVerified
        location = isOpen ? profile.location : profile.location?.rounded
        photoID = profile.photoID
        var licence = profile.work.licence
        if let number = licence?.number, !isOpen { licence?.number = Licence.masked(number: number) }
        self.licence = licence
        equipment = profile.work.equipment ?? []
        work = workload.map { (profile.work, $0) }
    }
}

extension Accounts {
    /// The card of one provider.
    ///
    /// - Throws: `NOT_FOUND` for anybody who is no provider, and for one who is switched off unless staff or he
    ///   himself asks.
    public func providerCard(_ reference: Reference, for viewer: Caller) async throws(RoadsideError) -> ProviderCard {
        let account =
            switch reference {
            case .id(let id): try await account(id)
            case .number(let number): try await account(number: number)
            }
        let isOpen = viewer.role.isStaff || viewer.userID == account.id
        guard let profile = account.provider, account.isActive || isOpen else {
            throw .notFound("Provider")
        }
        return ProviderCard(profile, workload: isOpen ? workload(of: profile) : nil)
    }
}
