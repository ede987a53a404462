public import FoundationEssentials

/// What a job's history says about its fees.
public struct FeeFacts: Sendable, Hashable {
    public var status: JobStatus
    /// By the provider who holds the job now.
    public var acceptedAt: Date?
    public var arrivedAt: Date?
    /// When he promised to be there.
    public var promiseAt: Date?
    /// The share of his way that he has come, 0 … 1; nil when nobody knows.
    public var progress: Double?
    /// He has come to a halt on the way, or fell silent.
    public var isStalled: Bool

    public init(
        status: JobStatus, acceptedAt: Date? = nil, arrivedAt: Date? = nil, promiseAt: Date? = nil,
        progress: Double? = nil, isStalled: Bool = false
    ) {
        self.status = status
        self.acceptedAt = acceptedAt
        self.arrivedAt = arrivedAt
        self.promiseAt = promiseAt
        self.progress = progress
        self.isStalled = isStalled
    }
}

/// What a cancellation costs, and why.
public struct CancellationFee: Sendable, Hashable {
    /// The row of the schedule that applies. Raw values are stored and shown.
    public enum Reason: String, CaseIterable, Sendable, Hashable {
        /// Nobody holds the job.
        case notAccepted = "not_accepted"
        /// The first minutes after acceptance.
        case grace
        case promiseBroken = "promise_broken"
        case providerStalled = "provider_stalled"
        /// It is the provider, or the system, who ends it.
        case providerCaused = "provider_caused"
        case accepted
        /// On the way, but not far.
        case near = "en_route"
        case far = "en_route_far"
        case arrived
        /// The work goes on; only staff end it now.
        case workBegun = "work_begun"
        /// A job from before there were fees.
        case noTerms = "no_terms"
    }

    public let amount: Money
    public let reason: Reason
    /// Until then it costs nothing; nil when no clock decides.
    public let freeUntil: Date?

    public init(amount: Money, reason: Reason, freeUntil: Date? = nil) {
        self.amount = amount
        self.reason = reason
        self.freeUntil = freeUntil
    }
}

/// The schedule of fees (domain §4.6). Pure: the same facts at the same moment are the same fee (U19).
public enum FeeRules {
    /// What it costs to cancel now.
    ///
    /// - Parameters:
    ///   - canceller: a customer pays by the schedule; so does he for whom staff cancel, unless they waive it. Providers
    ///     and the system never cause a fee.
    ///   - terms: nil for a job without any, which costs nothing.
    ///   - price: the job's own; its currency is that of the answer, and no fee is more than it.
    public static func cancellation(
        _ facts: FeeFacts, _ terms: FeeTerms?, price: Money, by canceller: Role?, now: Date
    ) -> CancellationFee {
        func free(_ reason: CancellationFee.Reason, until: Date? = nil) -> CancellationFee {
            CancellationFee(amount: Money(minorUnits: 0, price.currency), reason: reason, freeUntil: until)
        }
        guard let terms else { return free(.noTerms) }
        guard canceller == .customer || canceller?.isStaff == true else { return free(.providerCaused) }
        guard facts.status.isLive, let acceptedAt = facts.acceptedAt else { return free(.notAccepted) }
        let graceEnd = acceptedAt.addingTimeInterval(Double(terms.cancellation.graceSeconds))
        if now < graceEnd, !facts.status.hasWorkBegun { return free(.grace, until: graceEnd) }
        if !facts.status.hasWorkBegun {
            if let promise = facts.promiseAt, (facts.arrivedAt ?? now) > promise { return free(.promiseBroken) }
            if facts.isStalled, facts.arrivedAt == nil { return free(.providerStalled) }
        }
        let (share, reason) = row(facts, terms.cancellation)
        let amount = terms.share(share)
        return CancellationFee(
            amount: amount.minorUnits > price.minorUnits ? price : amount, reason: reason)
    }

    private static func row(
        _ facts: FeeFacts, _ schedule: CancellationSchedule
    ) -> (share: Int64, reason: CancellationFee.Reason) {
        switch facts.status {
        case .enRoute:
            // In doubt for the customer: a way that nobody has measured is not far.
            let isFar = (facts.progress ?? 0) > Double(schedule.farFrom) / 10_000
            return isFar ? (schedule.far, .far) : (schedule.accepted, .near)
        case .arrived: return (schedule.arrived, .arrived)
        case .inProgress, .towing, .atDestination: return (schedule.arrived, .workBegun)
        case .accepted: return (schedule.accepted, .accepted)
        case .scheduled, .requested, .matching, .completed, .cancelled, .expired, .failed: return (0, .notAccepted)
        }
    }

    /// What is due when the work came to nothing: the call-out when there was nobody to help or the destination would not
    /// have the vehicle, nothing when the help itself failed (ours: no cure, no pay).
    public static func failure(_ kind: JobFailure, _ terms: FeeTerms?) -> PriceLine? {
        guard let terms else { return nil }
        switch kind {
        case .unsuccessful: return nil
        case .destinationRefused:
            return PriceLine(code: "call_out_fee", title: "Call-out, destination refused", amount: terms.callOut)
        default:
            let amount = terms.share(terms.cancellation.gone)
            return PriceLine(code: "gone_on_arrival", title: "Call-out, nobody at the scene", amount: amount)
        }
    }

    /// The waiting at the scene, when the work begins: full minutes beyond the free ones; nil when there are none.
    public static func waiting(from arrival: Date, until start: Date, _ terms: FeeTerms?) -> PriceLine? {
        guard let terms else { return nil }
        let seconds = start.timeIntervalSince(arrival)
        // A day at most: longer is a clock that stood wrong.
        guard seconds > 0 else { return nil }
        let minutes = Int64(min(seconds, 86_400) / 60) - terms.waiting.freeMinutes
        guard minutes > 0, terms.waiting.perMinute.minorUnits > 0 else { return nil }
        return PriceLine(
            code: "waiting", title: "Waiting, \(minutes) min",
            amount: terms.waiting.perMinute.scaled(by: minutes, over: 1))
    }
}

extension CancellationFee {
    /// As a line of the job's account; nil when nothing is due.
    public var line: PriceLine? {
        amount.minorUnits > 0 ? PriceLine(code: "cancellation", title: "Cancellation", amount: amount) : nil
    }
}

extension JobStatus {
    /// The provider is past waiting.
    fileprivate var hasWorkBegun: Bool {
        switch self {
        case .inProgress, .towing, .atDestination: true
        default: false
        }
    }
}
