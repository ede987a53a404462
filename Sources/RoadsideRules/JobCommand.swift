public import BSON
public import FoundationEssentials

/// What somebody wants done with a job. Offers, their clocks and who is eligible are checked outside, by the database.
public enum JobCommand: Sendable, Hashable {
    /// `scheduled → requested`: the appointment's time has come.
    case request
    /// `→ matching`: the search for a provider starts.
    case match
    /// `→ scheduled`: its customer or staff choose another time, while nobody holds the job.
    case postpone(searchAt: Date)
    /// A provider takes the job for himself.
    case accept
    /// Staff, or the automatic mode, claim the job for this provider. A customer's choice of provider is an offer
    /// instead: see `JobRules.offerRefusal`.
    case assign(ObjectID)
    case depart
    case arrive
    /// The work begins; a provider must have proven the customer's code.
    case start(OTPProof)
    case tow
    case reachDestination
    case complete
    /// A provider's cancellation before he arrived sends the job back to matching without him.
    case cancel(reason: String? = nil)
    /// Staff or the system take the job from its provider and search again.
    case reallocate(reason: String? = nil)
    /// Its customer wants it no longer, or its provider will not go on: a provider gives it back before he has arrived, and
    /// ends it as unsuccessful from then on. For clients that have one word for both (contracts B23).
    case withdraw(reason: String? = nil)
    case expire
    /// The job ends without having been done. Whether anybody tried to reach the customer counts for those outcomes that
    /// blame him (``JobFailure/blamesCustomer``).
    case fail(JobFailure, reason: String? = nil, contactAttempted: Bool = false)
    /// Walk the legal path to this status (contracts K4).
    case advance(to: JobStatus, otp: OTPProof = .none, reason: String? = nil)

    /// Free text of the one who asks, for the job's events.
    public var reason: String? {
        switch self {
        case .cancel(let reason), .withdraw(let reason), .reallocate(let reason), .fail(_, let reason, _),
            .advance(_, _, let reason):
            reason
        default: nil
        }
    }
}

/// What became of the start code that came with a command; comparing codes is not the rules' business.
public enum OTPProof: Sendable, Hashable {
    case none, verified, wrong
}

/// Why a job failed (domain §4.4).
public enum JobFailure: String, CaseIterable, Sendable, Hashable {
    /// Nobody and no vehicle at the scene.
    case goneOnArrival = "gone_on_arrival"
    /// The vehicle may be there, its owner is not, or does not answer. Ours beside the three of domain §4.4: to be asked to
    /// wait and to be sent for nothing are not the same when it comes to paying.
    case noShow = "no_show"
    /// The work was tried and did not succeed.
    case unsuccessful
    /// The place the vehicle was taken to would not have it.
    case destinationRefused = "destination_refused"
}

extension JobFailure {
    /// Says that the customer was not there: a provider may say so only after waiting, and after having tried to reach
    /// him (domain §4.4).
    public var blamesCustomer: Bool { self == .goneOnArrival || self == .noShow }
}
