/// What a dialect settles for the jobs it opens (contracts K20, K21, K23, K24, K46). Kept with the job for all its life.
public struct JobPolicy: Sendable, Hashable {
    /// How a provider is found; nil is the plan of the place and the service. With the mode `pick` nobody is asked until the
    /// customer chooses, and after a refusal or silence he chooses again.
    public var plan: SearchPlan?
    public var prepay: Prepay
    /// A customer has one such job open at a time (K46).
    public var isSingleOpen: Bool
    /// Whether nobody but staff starts without the customer's code (K23); nil is as the setting says.
    public var needsStartCode: Bool?

    public init(
        plan: SearchPlan? = nil, prepay: Prepay = .after, isSingleOpen: Bool = false, needsStartCode: Bool? = nil
    ) {
        self.plan = plan
        self.prepay = prepay
        self.isSingleOpen = isSingleOpen
        self.needsStartCode = needsStartCode
    }
}

/// When a job has to be paid for (K24). Raw values are stored.
public enum Prepay: String, CaseIterable, Sendable, Hashable {
    /// Whenever its customer likes, at last when it is over (D28).
    case after
    /// By card: before anybody is offered the job (A29). In cash: at the pickup.
    case cardBeforeOffer = "card_before_offer"
    /// Before the work starts, in cash or otherwise (A24, A25, A29).
    case cashAtPickup = "cash_at_pickup"
}

/// How a customer wants to pay. Raw values are stored.
public enum PaymentMethod: String, CaseIterable, Sendable, Hashable {
    case cash, card
}

/// What became of a job's payment, as the job itself says it (D28). Raw values are stored and stand on the wire.
public enum PaymentStatus: String, CaseIterable, Sendable, Hashable {
    /// Something is to be paid.
    case pending
    case paid
    /// The last card was refused; another may be tried.
    case failed
    /// What had been paid was given back, but for a fee.
    case refunded
}

/// What a client says of its own request. Kept, and never believed (K22).
public struct JobClaim: Sendable, Hashable {
    public var distanceKm: Double?
    public var fare: Money?

    public init(distanceKm: Double? = nil, fare: Money? = nil) {
        self.distanceKm = distanceKm
        self.fare = fare
    }
}
