public import RoadsideRules

/// The rules of one installation. Every window is a setting, so that tests and the simulator shorten it (decision 28).
public struct RoadsideSettings: Sendable {
    public enum Environment: String, Sendable { case development, test, production }

    /// When a job may be started without its code (K23).
    public enum StartOTP: String, Sendable {
        /// `/start` asks for the code; setting the status by word starts without, but refuses a wrong one.
        case byRoute = "by_route"
        case required
    }

    /// What keeps two writers of one job apart, by the words that take it away.
    public enum Safeguard: String, Sendable {
        /// The status and the version in the condition of a job's write.
        case statusFilter = "status_filter"
        /// Reading the job anew in the transaction that changes it.
        case reread
    }

    public var environment: Environment = .development
    /// For the race check, which must go red without them; empty everywhere else.
    public var removedSafeguards: Set<Safeguard> = []

    // Accounts
    /// National phone numbers are read as this region's (K33).
    public var phoneRegion = "KE"
    /// bcrypt's logarithmic cost; 12 takes a quarter to half a second of one core.
    public var bcryptCost = 12
    public var passwordThreads = 2
    /// Passwords waiting for a thread; further ones are refused with `OVERLOADED`.
    public var passwordQueue = 16
    public var accessTokenLifetime: Duration = .seconds(15 * 60)
    public var refreshTokenLifetime: Duration = .seconds(30 * 24 * 3600)
    /// How long the repeat of a just rotated refresh token still yields its successor.
    public var refreshGrace: Duration = .seconds(30)
    /// How stale the revocation check of a request may be (decision 25).
    public var sessionCacheLifetime: Duration = .seconds(2)
    /// The codes that prove an address.
    public var verificationCode: OTPRules = .verification
    /// Codes sent to one address within a quarter of an hour, and within a day.
    public var verificationSendsPerQuarter = 3
    public var verificationSendsPerDay = 10
    /// Providers are vetted at registration (decision 20): on in development, off in production.
    public var autoVerify = true
    /// Lets one registration become the first admin (decision 12); used once, ever.
    public var bootstrapToken: String?

    // Jobs
    public var searchPlan: SearchPlan = .broadcast
    public var startOTP: StartOTP = .byRoute
    public var startCode: OTPRules = .start
    /// A live position older than this takes its provider out of a search (domain §4.5.1); a base position
    /// does not age (README decision 23).
    public var positionFreshness: Duration = .seconds(120)
    /// How long a provider who was picked by the customer, or assigned, has to answer (A28).
    public var exclusiveOfferLifetime: Duration = .seconds(30)
    /// So long before an appointment its job is searched for.
    public var bookingLead: Duration = .seconds(30 * 60)
    /// Shows contact data before acceptance (K37).
    public var contactBeforeAccept = false

    // Catalog
    /// How often a running server looks whether newer reference data has been installed.
    public var catalogRefresh: Duration = .seconds(30)

    // Staff
    /// Whose midnights and months the figures follow.
    public var calendar: MarketCalendar = .kenya
    /// How old the figures of the dashboard may be: they cost a walk over every job, and nobody decides by seconds.
    public var dashboardLifetime: Duration = .seconds(5)

    public init() {}

    public static let production: RoadsideSettings = {
        var settings = RoadsideSettings()
        settings.environment = .production
        settings.autoVerify = false
        return settings
    }()
}
