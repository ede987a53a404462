public import BSON
public import FoundationEssentials
public import RoadsideRules

/// Somebody from another system, in canonical words but not yet checked.
public struct Newcomer: Sendable {
    public var origin: Origin
    public var role: Role
    public var name: String
    /// Empty when there is none, as the phone number; one of the two is needed.
    public var email: String
    public var phone: String
    /// As the other system kept it; nil for who has none that we can read, and who asks for a new one by his address.
    public var passwordHash: String?
    public var isActive: Bool
    public var isEmailProven: Bool
    public var isPhoneProven: Bool
    /// nil: now.
    public var createdAt: Date?
    public var vehicle: VehicleFacts?
    /// Of a provider.
    public var work: Work?

    public init(
        origin: Origin, role: Role, name: String, email: String, phone: String, passwordHash: String? = nil,
        isActive: Bool = true, isEmailProven: Bool = false, isPhoneProven: Bool = false, createdAt: Date? = nil,
        vehicle: VehicleFacts? = nil, work: Work? = nil
    ) {
        self.origin = origin
        self.role = role
        self.name = name
        self.email = email
        self.phone = phone
        self.passwordHash = passwordHash
        self.isActive = isActive
        self.isEmailProven = isEmailProven
        self.isPhoneProven = isPhoneProven
        self.createdAt = createdAt
        self.vehicle = vehicle
        self.work = work
    }

    /// His working side.
    public struct Work: Sendable {
        public var specializations: [String] = []
        public var experienceYears: Int?
        public var serviceRadiusKm: Double?
        public var availability: Availability = .available
        /// His base, from which he is found until he sends positions.
        public var location: GeoPoint?
        /// nil where the other system vetted nobody: then our setting for those who register holds.
        public var isVerified: Bool?
        /// Average stars and of how many reviews, for a system that keeps nothing else of them.
        public var rating: (average: Double, count: Int)?
        public var licence: Licence?
        /// What he comes in.
        public var vehicle: ProviderVehicle?

        public init() {}
    }
}

/// A job of another system that is over (contracts 1.G): nothing is searched for it any more.
public struct PastJob: Sendable {
    public var origin: Origin
    public var customer: ObjectID
    /// nil when nobody had it.
    public var provider: ObjectID?
    /// Code of a service type; nil: towing with a destination, a repair without (K17).
    public var serviceType: String?
    public var pickup: Place
    public var destination: Place?
    public var description: String
    public var vehicle: VehicleFacts?
    /// How it ended.
    public var status: JobStatus
    public var reason: String?
    /// nil: now.
    public var createdAt: Date?
    /// nil: as it was made.
    public var closedAt: Date?
    public var price: Money?
    public var isPaid: Bool
    /// What its customer said of its provider, 1 … 5.
    public var stars: Int?

    public init(
        origin: Origin, customer: ObjectID, provider: ObjectID?, serviceType: String? = nil, pickup: Place,
        destination: Place? = nil, description: String = "", vehicle: VehicleFacts? = nil, status: JobStatus,
        reason: String? = nil, createdAt: Date? = nil, closedAt: Date? = nil, price: Money? = nil,
        isPaid: Bool = false, stars: Int? = nil
    ) {
        self.origin = origin
        self.customer = customer
        self.provider = provider
        self.serviceType = serviceType
        self.pickup = pickup
        self.destination = destination
        self.description = description
        self.vehicle = vehicle
        self.status = status
        self.reason = reason
        self.createdAt = createdAt
        self.closedAt = closedAt
        self.price = price
        self.isPaid = isPaid
        self.stars = stars
    }
}

/// What a customer of another system said of a job's provider, kept apart from the job.
public struct PastReview: Sendable {
    public var origin: Origin
    public var job: ObjectID
    /// 1 … 5.
    public var stars: Int
    public var comment: String
    /// nil: when the job was over.
    public var createdAt: Date?

    public init(origin: Origin, job: ObjectID, stars: Int, comment: String = "", createdAt: Date? = nil) {
        self.origin = origin
        self.job = job
        self.stars = stars
        self.comment = comment
        self.createdAt = createdAt
    }
}
