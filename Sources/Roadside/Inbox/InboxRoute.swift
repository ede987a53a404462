/// The kinds of sockets a row belongs on. Raw values are stored.
public enum InboxRoute: String, Sendable, CaseIterable {
    case customerJobs = "customer.jobs"
    case providerJobs = "provider.jobs"
    case providerOffers = "provider.offers"
    case session
}
