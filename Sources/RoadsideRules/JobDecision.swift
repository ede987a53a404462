public import BSON
public import FoundationEssentials

/// A permitted change: write it in one transaction with the inbox rows of every step.
public struct JobDecision: Sendable, Hashable {
    public let from: JobStatus
    /// Each status entered, in order; never empty.
    public let steps: [JobStatus]
    public let effects: Set<Effect>
    /// Set when `to` is `failed`.
    public let failure: JobFailure?
    public let reason: String?
    /// The guard that ended a walk before its target; the steps up to it stand, and the answer must say this
    /// (contracts K4). `nil` when the whole command was done.
    public let stoppedBy: Refusal?

    /// Where the job is afterwards: the last step.
    public var to: JobStatus { steps.last ?? from }

    /// What a change of status demands besides the new word. The order of writing is the caller's.
    public enum Effect: Sendable, Hashable {
        /// Make a fresh start code, store its hash, give it to the customer alone.
        case createOTP
        /// Wipe the start code: it served, or its holder left.
        case clearOTP
        /// Set `assigned_to` and the provider's slot, and make this provider busy.
        case occupyProvider(ObjectID)
        /// Make the provider who held the job available again.
        case releaseProvider
        /// Unset `assigned_to`.
        case unassign
        /// Unset `provider_slot`.
        case clearSlot
        /// The accepted offer becomes `released`.
        case releaseOffer
        /// This provider does not get this job again.
        case exclude(ObjectID)
        /// One more reallocation.
        case countReallocation
        /// The search (again) has a timer that is due now.
        case startSearch
        /// The search (again) has a timer that is due then.
        case scheduleSearch(Date)
        /// Offers still open are withdrawn, with a notice to each.
        case withdrawOffers
    }
}
