/// A safeguard that is taken away on purpose, to see the checker go red.
public enum RaceMutation: String, CaseIterable, Sendable {
    /// Commands are decided on a job read before their transaction and written without looking at its status and version.
    case statusFilter = "status-filter"
    /// The job is written without looking at its status and version, but is still read in the transaction. Breaks
    /// nothing: of two transactions that read one version and write, the database lets one pass.
    case statusFilterAlone = "status-filter-alone"
    /// Without the index that gives a provider one current job.
    case providerSlot = "provider-slot"
    /// Without the index that gives a job one accepted offer. Breaks nothing: rivals meet at the job before they come
    /// to their offers.
    case offerWinner = "offer-winner"
    /// Without the index that asks a provider alone about one job at a time.
    case offerExclusiveProvider = "offer-exclusive-provider"
    /// Without the index that asks one provider alone about a job at a time.
    case offerExclusiveJob = "offer-exclusive-job"

    /// The unique index to be dropped.
    var index: (collection: String, name: String)? {
        switch self {
        case .statusFilter, .statusFilterAlone: nil
        case .providerSlot: ("services", "services_provider_slot")
        case .offerWinner: ("offers", "offers_winner")
        case .offerExclusiveProvider: ("offers", "offers_exclusive_provider")
        case .offerExclusiveJob: ("offers", "offers_exclusive_job")
        }
    }

    /// What the servers are told in their variable `MUTATE`.
    var serverWords: String {
        switch self {
        case .statusFilter: "status_filter,reread"
        case .statusFilterAlone: "status_filter"
        default: ""
        }
    }
}
