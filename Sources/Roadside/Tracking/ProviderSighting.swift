public import BSON
public import RoadsideRules

/// A provider as a customer who has to do with him may see him (decision 14, contracts K37): as he is while he holds the
/// customer's job, otherwise masked and only roughly where he is.
public struct ProviderSighting: Sendable, Hashable {
    public let id: ObjectID
    public let number: Int64
    public let name: String
    public let phone: String
    public let email: String
    /// What he comes in, in his own words; empty when he has told nothing.
    public let vehicle: String
    public let rating: Double
    /// Whether he could be asked for a job.
    public let isAvailable: Bool
    public let photoID: ObjectID?
    /// The last live position, or his base; nil while he has neither.
    public let location: GeoPoint?
    /// Whether all of this is as it is: he holds a job of the viewer's, or is the viewer.
    public let isOpen: Bool

    /// - Parameter isOpen: whether contact data and place are shown as they are.
    init(_ profile: ProviderProfile, isOpen: Bool, showingContact: Bool) {
        id = profile.id
        number = profile.number
        name = profile.name
        let isShown = isOpen || showingContact
        phone = isShown ? profile.phone : ContactRules.masked(phone: profile.phone)
        email = isShown ? profile.email : ContactRules.masked(email: profile.email)
        vehicle = profile.vehicleWord
        rating = profile.rating
        isAvailable = profile.isDispatchable
        photoID = profile.photoID
        location = isOpen ? profile.location : profile.location?.rounded
        self.isOpen = isOpen
    }

    /// A provider who looks at himself.
    public init(oneself profile: ProviderProfile) {
        self.init(profile, isOpen: true, showingContact: true)
    }
}
