public import FoundationEssentials
public import RoadsideRules

/// What a customer asks for.
public struct JobRequest: Sendable {
    /// A code of the catalogue, in any spelling of case, spaces and hyphens.
    public var serviceType: String
    public var location: GeoPoint
    public var address: String
    public var description: String
    public var vehicle: VehicleFacts?
    /// One of the customer's own, which the job is then about.
    public var ownVehicle: Reference?
    /// Where the vehicle shall be taken.
    public var destination: Place?
    /// Asked first and alone; everybody else follows when he does not want the job.
    public var preferredProvider: Reference?
    /// How much of which fuel, or what has to be towed; what is of another family than the service type is left out.
    public var requirements: JobRequirements
    /// The dialect it came through.
    public var channel: String
    /// When help is wanted, which decides on the price; nil is now.
    public var serviceTime: Date?
    /// A quote of the customer's for just this; the job is opened at its price.
    public var quote: Reference?
    /// What its dialect settles; without it, what the installation does.
    public var policy = JobPolicy()
    /// The client's own name for this request: opening again under it returns the job there is (K28). Of one customer: two
    /// who use the same name do not meet.
    public var clientReference: String?
    /// Kept, and never believed (K22).
    public var claim: JobClaim?
    public var paymentMethod = PaymentMethod.cash
    /// The booking it is opened for, written with it.
    var appointment: Appointment?

    public init(
        serviceType: String, location: GeoPoint, address: String, description: String, vehicle: VehicleFacts? = nil,
        destination: Place? = nil, preferredProvider: Reference? = nil,
        requirements: JobRequirements = JobRequirements(),
        channel: String = "fixoncall"
    ) {
        self.serviceType = serviceType
        self.location = location
        self.address = address
        self.description = description
        self.vehicle = vehicle
        self.destination = destination
        self.preferredProvider = preferredProvider
        self.requirements = requirements
        self.channel = channel
    }
}
