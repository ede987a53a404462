/// The kinds of sockets a row belongs on. Raw values are stored.
public enum InboxRoute: String, Sendable, CaseIterable {
    case customerJobs = "customer.jobs"
    case providerJobs = "provider.jobs"
    case providerOffers = "provider.offers"
    /// What the sides of jobs write to each other.
    case chat = "job.chat"
    case session
}
