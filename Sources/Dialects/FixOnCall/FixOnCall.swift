public import Blueprint
public import Roadside
import RoadsideRules
public import RoadsideWeb

/// The dialect of the platform itself: drivers who are stranded, mechanics who come, and the people who run it.
public enum FixOnCall {
    /// The name of its blueprint; routes are `fixoncall.auth.login` and so on.
    public static let name = "fixoncall"
    public static let prefix = "/api"

    /// What an operator decides about it.
    public struct Options: Sendable {
        /// How long a stream outlives its token, as sockets do (realtime.md §3.10).
        public var expiryGrace: Duration
        /// Between the comments that keep a stream open (realtime.md §3.12).
        public var commentInterval: Duration
        /// How often each account may ask.
        public var limits: RequestLimits

        public init(
            expiryGrace: Duration = .seconds(25), commentInterval: Duration = .seconds(15),
            limits: RequestLimits = RequestLimits()
        ) {
            self.expiryGrace = expiryGrace
            self.commentInterval = commentInterval
            self.limits = limits
        }
    }

    /// The blueprint, to be mounted as it is.
    ///
    /// - Parameters:
    ///   - feed: rings for those who listen to their events.
    ///   - health: looks at what the server depends on, each time `GET /api/health` is asked.
    public static func blueprint(
        _ roadside: Roadside, feed: InboxFeed, options: Options = Options(),
        health: @escaping @Sendable () async -> HealthReport
    ) -> Blueprint<WebContext> {
        var api = Blueprint<WebContext>(name, prefix: prefix)
        api.before(BearerAuth(roadside.accounts).hook)
        // Whoever calls for help is never told to wait.
        api.before(options.limits.before(sparing: ["\(name).emergency.raise"]))
        api.after(options.limits.after)
        Problem.answerErrors(in: &api)
        api.around(idempotency(roadside))
        api.register(AuthRoutes(accounts: roadside.accounts).blueprint)
        api.register(InvitationRoutes(accounts: roadside.accounts).acceptance)
        api.register(PasswordRoutes(accounts: roadside.accounts).blueprint)
        api.register(AddressRoutes(accounts: roadside.accounts).blueprint)
        api.register(PersonalRoutes(data: roadside.personalData).blueprint)
        api.register(ServiceRoutes(roadside).blueprint)
        api.register(BookingRoutes(bookings: roadside.bookings).blueprint)
        api.register(MechanicRoutes(roadside).blueprint)
        api.register(WorkRoutes(roadside).blueprint)
        api.register(CompanyRoutes(roadside).blueprint)
        api.register(VehicleRoutes(vehicles: roadside.vehicles).blueprint)
        api.register(PaymentRoutes(payments: roadside.payments).blueprint)
        api.register(FuelRoutes(roadside).blueprint)
        api.register(TowingRoutes(roadside).blueprint)
        api.register(PaperRoutes(papers: roadside.papers).own)
        api.register(UploadRoutes(uploads: roadside.uploads).blueprint)
        api.register(NotificationRoutes(inbox: roadside.inbox, administration: roadside.administration).blueprint)
        api.register(EventRoutes(roadside, feed: feed, options: options).blueprint)
        api.register(TicketRoutes(accounts: roadside.accounts).blueprint)
        api.register(AdminRoutes(roadside).blueprint)
        api.register(InvitationRoutes(accounts: roadside.accounts).desk)
        api.register(AuditRoutes(log: roadside.auditLog).blueprint)
        api.register(ExportRoutes(administration: roadside.administration).blueprint)
        api.register(AnnouncementRoutes(announcements: roadside.announcements).blueprint)
        api.register(PaperRoutes(papers: roadside.papers).review)
        api.register(EmergencyRoutes(emergencies: roadside.emergencies).blueprint)
        api.register(EmergencyDeskRoutes(emergencies: roadside.emergencies).blueprint)
        api.register(TrustedContactRoutes(emergencies: roadside.emergencies).blueprint)
        api.register(SharedRoutes(sharing: roadside.sharing).blueprint)
        api.register(HealthRoutes(health: health).blueprint)
        return api
    }

    /// The bytes of uploaded files, below `/static/uploads`; to be mounted as it is.
    public static func files(_ roadside: Roadside, options: Options = Options()) -> Blueprint<WebContext> {
        UploadRoutes(uploads: roadside.uploads).files(roadside.accounts, options.limits)
    }

    /// What a balancer asks, below `/health`; to be mounted as it is.
    ///
    /// - Parameter isReady: whether this process should be sent requests.
    public static func probes(isReady: @escaping @Sendable () async -> Bool) -> Blueprint<WebContext> {
        ProbeRoutes(isReady: isReady).blueprint
    }

    /// Answers errors below `blueprint` in this dialect's envelope; for the app itself, whose bare paths belong to
    /// nobody.
    public static func answerErrors(in blueprint: inout Blueprint<WebContext>) {
        Problem.answerErrors(in: &blueprint)
    }
}
