public import Foundation
public import Logging
public import Mongo
public import Telemetry

/// The use cases of roadside assistance over one database: what dialects call, and what the composition root assembles.
public final class Roadside: Sendable {
    public let accounts: Accounts
    public let jobs: Jobs
    public let bookings: Bookings
    public let dispatch: Dispatch
    public let dispatchDesk: DispatchDesk
    public let tracking: Tracking
    public let providers: Providers
    public let papers: Papers
    public let fleets: Fleets
    public let reviews: Reviews
    public let payments: Payments
    public let chat: Chat
    public let emergencies: Emergencies
    public let sharing: Sharing
    public let vehicles: Vehicles
    public let supervision: Supervision
    public let catalog: Catalog
    public let uploads: Uploads
    public let inbox: Inbox
    public let attendance: Attendance
    public let idempotency: Idempotency
    public let personalData: PersonalData
    public let administration: Administration
    public let auditLog: AuditLog
    public let announcements: Announcements
    public let migrations: Migrations
    public let seeding: Seeding
    public let arrivals: Arrivals
    public let departures: Departures
    public let backlog: Backlog
    /// The stream of security events.
    public let security: SecurityLog
    public let settings: RoadsideSettings

    public init(
        client: MongoClient, settings: RoadsideSettings, tokens: any AccessTokens, secrets: Secrets,
        codes: any CodeDelivery, identities: (any IdentityTokens)? = nil, routing: (any RoutingEngine)? = nil,
        cards: (any CardGateway)? = nil,
        clock: @escaping @Sendable () -> Date = { Date() }, logger: Logger, metrics: MetricRegistry = MetricRegistry()
    ) {
        let dependencies = Dependencies(
            client: client, settings: settings, secrets: secrets, clock: clock, routing: routing, logger: logger,
            metrics: metrics)
        self.settings = settings
        migrations = Migrations(dependencies)
        inbox = Inbox(dependencies)
        attendance = Attendance(dependencies)
        dispatch = Dispatch(dependencies, inbox: inbox)
        accounts = Accounts(
            dependencies, tokens: tokens, delivery: codes, identities: identities, inbox: inbox, dispatch: dispatch)
        jobs = Jobs(dependencies, inbox: inbox, dispatch: dispatch)
        dispatchDesk = DispatchDesk(dependencies, jobs: jobs, dispatch: dispatch)
        uploads = Uploads(dependencies, jobs: jobs)
        bookings = Bookings(dependencies, inbox: inbox, jobs: jobs)
        tracking = Tracking(dependencies, dispatch: dispatch)
        providers = Providers(dependencies, inbox: inbox, dispatch: dispatch)
        papers = Papers(dependencies, inbox: inbox, dispatch: dispatch)
        fleets = Fleets(dependencies, inbox: inbox)
        reviews = Reviews(dependencies, inbox: inbox)
        payments = Payments(dependencies, inbox: inbox, dispatch: dispatch, cards: cards)
        chat = Chat(dependencies, inbox: inbox)
        emergencies = Emergencies(dependencies, inbox: inbox)
        sharing = Sharing(dependencies)
        vehicles = Vehicles(dependencies)
        supervision = Supervision(dependencies, dispatch: dispatch)
        administration = Administration(
            dependencies, accounts: accounts, jobs: jobs, inbox: inbox, attendance: attendance)
        auditLog = AuditLog(dependencies)
        announcements = Announcements(dependencies, inbox: inbox)
        idempotency = Idempotency(dependencies)
        personalData = PersonalData(dependencies, accounts: accounts, jobs: jobs, bookings: bookings, inbox: inbox)
        catalog = Catalog(dependencies)
        seeding = Seeding(dependencies, passwords: accounts.passwords, catalog: catalog)
        arrivals = Arrivals(dependencies: dependencies, passwords: accounts.passwords)
        departures = Departures(dependencies: dependencies)
        backlog = Backlog(dependencies, passwords: accounts.passwords.threads)
        security = dependencies.security
    }
}
