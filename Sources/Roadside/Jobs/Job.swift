public import BSON
public import FoundationEssentials
public import RoadsideRules

/// A job as one caller may see it.
public struct Job: Sendable {
    public let id: ObjectID
    public let number: Int64
    /// Rises with every change of status or of provider.
    public let version: Int64
    public let status: JobStatus
    /// The dialect that opened it.
    public let channel: String
    let appointment: BookingRecord?
    public let customerID: ObjectID
    public let serviceType: String
    public let location: GeoPoint
    public let address: String
    public let destination: Place?
    public let description: String
    public let vehicle: VehicleFacts?
    public let assignedTo: ObjectID?
    /// The sum of `quote`.
    public let estimate: Money
    /// Line by line, in the order of domain §4.6.
    public let quote: [PriceLine]
    /// Due whatever comes, beyond the quote: waiting, or the fee of a cancellation.
    public let fees: [PriceLine]
    /// What its provider has asked for beyond the price, oldest first; charged only when approved.
    public let extraCharges: [ExtraCharge]
    /// What the job came to, line by line; nil while it goes on.
    public let finalPrice: FinalPrice?
    /// What it would cost to cancel now (U19): for its customer and staff, while it is open.
    public let cancellationFee: CancellationFee?
    /// The reference data it was priced by; empty for a job older than that.
    public let pricesVersion: String
    public let requirements: JobRequirements
    /// `pending` until the job is paid for.
    public let paymentStatus: String
    public let payment: JobPayment?
    public let policy: JobPolicy
    /// The client's own name for it (K28): for its customer and staff.
    public let clientReference: String?
    public let createdAt: Date
    public let updatedAt: Date
    /// When the provider promised to be there; set at acceptance.
    public let estimatedArrival: Date?
    /// When he is expected by what is known now; nil when nobody is on the way.
    public let arrival: ExpectedArrival?
    /// When his position said that he is there, while he has not said so himself.
    public let arrivalProposedAt: Date?
    public let trackingState: TrackingState
    /// Why it failed; nil unless it did.
    public let failure: JobFailure?
    /// Oldest first; none for anybody but its parties and staff.
    public let photos: [JobPhoto]
    /// Oldest first, the last fifty.
    public let events: [JobEvent]
    /// The code that starts the work: for its customer only, from `accepted` to `arrived`.
    public let startOTP: String?
    public let customer: Party
    /// nil while nobody has the job.
    public let provider: Party?
    /// The viewing provider to the pickup in a straight line, one decimal; nil for other viewers.
    public let distanceKm: Double?
    /// When the viewing provider's offer of this job ends; nil for other viewers.
    public let offerExpiresAt: Date?

    /// From the pickup to where the vehicle shall be taken, in a straight line, one decimal; nil for help on the spot.
    public var haulKm: Double? { destination.map { Kilometres.shown(metres: location.distance(to: $0.point)) } }

    /// Whether somebody is one of its two sides: who asked for it, and who holds it.
    public func isParty(_ caller: Caller) -> Bool { caller.userID == customerID || caller.userID == assignedTo }

    /// Its booking; nil for help at once that nobody made one of.
    public var bookingID: ObjectID? { appointment?.id }

    /// One side of a job. Contact data is masked unless the viewer is that person, the other side of a live job, or staff
    /// (decision 14).
    public struct Party: Sendable, Hashable {
        public let id: ObjectID
        public let number: Int64
        public let name: String
        public let phone: String
        public let email: String
        /// Average stars of a provider; 0 without a review, and for customers.
        public let rating: Double
        public let ratingCount: Int
        /// Where a provider is: exact to the parties of a live job, otherwise absent.
        public let location: GeoPoint?
        /// When a provider was there; nil for a base position.
        public let fixAt: Date?
    }
}
