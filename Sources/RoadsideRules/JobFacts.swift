public import BSON
public import FoundationEssentials

/// What the rules must know of a job to decide about it; the stored document keeps more.
public struct JobFacts: Sendable, Hashable {
    public var status: JobStatus
    public var customerID: ObjectID
    /// The provider who holds (or, once terminal, held) the job.
    public var assignedTo: ObjectID?
    /// A tow needs somewhere to go: without a destination `towing` and `at_destination` do not exist for the job.
    public var hasDestination: Bool
    /// Setting `jobs.startOTP=required` (contracts K23): nobody but staff starts the work without the code.
    public var startOTPRequired: Bool
    public var otp: OTPFacts
    /// Providers who left or declined this job; they never get it again by themselves (domain §4.5.6).
    public var excluded: Set<ObjectID>
    /// How often the job went back to matching.
    public var reallocations: Int
    /// When the provider came to the scene; nil before.
    public var arrivedAt: Date?
    /// So long he waits there before he may say that the customer is not there.
    public var waitSeconds: Double
    /// How far from the pickup his own receiver says that the provider is, when he cannot be there (``ArrivalRules``); nil
    /// when he can, or nobody knows.
    public var metresAway: Double?
    /// When it has to be paid for, and how its customer wants to (K24).
    public var prepay: Prepay
    public var paymentMethod: PaymentMethod
    public var isPaid: Bool

    /// Nobody is offered the job, and nobody may take it, before its customer's card was charged (A29).
    public var awaitsCard: Bool { prepay == .cardBeforeOffer && paymentMethod == .card && !isPaid }
    /// The work does not start before the job is paid for.
    public var awaitsPayment: Bool { prepay != .after && !isPaid }

    /// Ten minutes (domain §4.4).
    public static let waitSeconds = 600.0

    public init(
        status: JobStatus,
        customerID: ObjectID,
        assignedTo: ObjectID? = nil,
        hasDestination: Bool = false,
        startOTPRequired: Bool = false,
        otp: OTPFacts = OTPFacts(),
        excluded: Set<ObjectID> = [],
        reallocations: Int = 0,
        arrivedAt: Date? = nil,
        waitSeconds: Double = JobFacts.waitSeconds,
        metresAway: Double? = nil,
        prepay: Prepay = .after,
        paymentMethod: PaymentMethod = .cash,
        isPaid: Bool = false
    ) {
        self.status = status
        self.customerID = customerID
        self.assignedTo = assignedTo
        self.hasDestination = hasDestination
        self.startOTPRequired = startOTPRequired
        self.otp = otp
        self.excluded = excluded
        self.reallocations = reallocations
        self.arrivedAt = arrivedAt
        self.waitSeconds = waitSeconds
        self.metresAway = metresAway
        self.prepay = prepay
        self.paymentMethod = paymentMethod
        self.isPaid = isPaid
    }
}
