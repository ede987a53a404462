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
    /// How long a ticket may wait for its socket (realtime §3.10).
    public var ticketLifetime: Duration = .seconds(30)
    /// The codes that prove an address.
    public var verificationCode: OTPRules = .verification
    /// Codes sent to one address within a quarter of an hour, and within a day.
    public var verificationSendsPerQuarter = 3
    public var verificationSendsPerDay = 10
    /// Tries at the codes of one address and purpose within an hour, whichever code they meant (T9); three codes' worth, ours.
    public var verificationTriesPerHour = 15
    /// How often one may be wrong, and how much may be sent.
    public var limits = LimitSettings()
    /// Providers are vetted at registration (decision 20): on in development, off in production.
    public var autoVerify = true
    /// Lets one registration become the first admin (decision 12); used once, ever.
    public var bootstrapToken: String?
    /// Whether customers without an account are let in where a dialect knows such (contracts K48); never in production.
    public var letsGuestsIn = false

    // Providers
    /// Kinds of papers without which nobody is offered anything (decision 20). None in development.
    public var requiredPapers: Set<PaperKind> = []
    /// How long a provider may be on duty in 24 hours; 24 hours are no limit. Ours.
    public var dutyLimit: Duration = .seconds(DutyRules.usualLimit * 60)
    /// A provider who sends live positions and is not heard of for so long goes off duty (domain §4.4).
    public var offlineAfter: Duration = .seconds(300)

    /// A live job's position is passed on to other servers at most so often (realtime §3.6).
    public var positionRelayInterval: Duration = .seconds(2)

    // Inbox
    /// So often each server tries whether the inbox's doorbell still rings, and so long that may take, twice in a row.
    /// Silence is noticed and repaired within seven seconds (realtime §3.6, §5); that it is three and one and a half is ours.
    public var canaryInterval: Duration = .seconds(3)
    public var canaryPatience: Duration = .milliseconds(1500)

    // Presence
    /// How long a server counts as alive without a sign of life, and how often it gives one (realtime §3.9).
    public var instanceLease: Duration = .seconds(10)
    public var instanceRenewal: Duration = .seconds(3)
    /// How long somebody whose last connection has ended counts as online: who changes his cell is not gone.
    public var presenceGrace: Duration = .seconds(15)

    // Jobs
    public var searchPlan: SearchPlan = .broadcast
    /// Who is asked first where providers are asked one by one, and in which order where many are.
    public var matching: Matching = .assignment
    /// Jobs that share candidates are served together so often (domain §4.5.5).
    public var roundInterval: Duration = .seconds(2)
    /// By which all windows are shortened (decision 28); 1 outside the simulator.
    public var windowFactor = 1.0
    /// Keeps why a search asked whom, for so long; nil keeps nothing.
    public var traceLifetime: Duration? = .seconds(30 * 24 * 3600)
    public var startOTP: StartOTP = .byRoute
    public var startCode: OTPRules = .start
    /// A live position older than this takes its provider out of a search (domain §4.5.1); a base position
    /// does not age (README decision 23).
    public var positionFreshness: Duration = .seconds(120)
    /// How long a provider who was picked by the customer, or assigned, has to answer (A28).
    public var exclusiveOfferLifetime: Duration = .seconds(30)
    /// So long before an appointment its job is searched for.
    public var bookingLead: Duration = .seconds(30 * 60)
    /// So long before an appointment its provider's time is kept, for the way.
    public var bookingBuffer: Duration = .seconds(30 * 60)
    /// A provider whose kept time begins within this is asked about no other job.
    public var bookingHoldAhead: Duration = .seconds(60 * 60)
    /// How a provider on his way is watched.
    public var supervision = SupervisionPlan()
    /// How long a provider waits at the scene before he may say that nobody is there (domain §4.4).
    public var arrivalWait: Duration = .seconds(JobFacts.waitSeconds)
    /// Shows contact data before acceptance (K37).
    public var contactBeforeAccept = false

    // What people say of and to each other
    /// So long after a job's end its sides may review each other (T36).
    public var reviewWindow: Duration = .seconds(ReviewRules.windowSeconds)
    /// So long after a job's end its sides may write to each other.
    public var chatAfter: Duration = .seconds(ChatRules.afterSeconds)
    /// Messages that one of them may write within a minute.
    public var chatPerMinute = ChatRules.perMinute

    // Danger
    /// So long after everybody was told of an alert another press on it tells them once more.
    public var emergencyRepeat: Duration = .seconds(EmergencyRules.repeatSeconds)

    // Catalog
    /// How often a running server looks whether newer reference data has been installed.
    public var catalogRefresh: Duration = .seconds(30)

    // Commands sent twice
    /// How long a command's answer is kept under its idempotency key (domain §4.8.1).
    public var idempotencyLifetime: Duration = .seconds(24 * 3600)
    /// After this long a command that has shown no sign of life may be taken over by its repetition. Longer than any
    /// request lives (ten seconds); ours.
    public var idempotencyLease: Duration = .seconds(30)

    // Files
    /// How many files one person may send within a day, those that are refused among them. Ours: a job keeps twenty
    /// photos.
    public var uploadsPerDay = 100

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
