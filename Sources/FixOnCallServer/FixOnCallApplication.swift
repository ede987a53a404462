public import BSON
import Blueprint
import EmbeddedMongo
import HTTPTypes
import Hummingbird
public import Logging
import Mongo
import NIOCore
import NIOPosix
import Realtime
import Roadside
public import RoadsideWeb
public import ServiceLifecycle
import Synchronization
public import Telemetry
public import UnixSignals

/// The assembled server: listeners, sockets, dispatch and the inbox's doorbell as one group of services.
public struct FixOnCallApplication: Sendable {
    /// What brings the inboxes to the sockets of this process.
    public let hub: InboxHub
    private let services: Services
    private let settings: Settings
    private let logger: Logger
    private let group: any EventLoopGroup
    private let audit: InboxAudit
    let router: BlueprintRouter<WebContext>
    private let log: LogOutput?
    private let readiness: Readiness

    /// - Parameter log: where access lines go; nil for a server that writes none.
    public init(services: Services, settings: Settings, logger: Logger, log: LogOutput? = nil) throws {
        let group = MultiThreadedEventLoopGroup.singleton
        self.services = services
        self.settings = settings
        self.logger = logger
        self.log = log
        self.group = group
        let health = Health(client: services.client, inbox: services.roadside.inbox)
        let readiness = Readiness(
            services.databaseMetrics, pulse: health.pulse, migrations: services.roadside.migrations,
            folder: settings.state.directory)
        self.readiness = readiness
        // Registered before the hub, so that a crash point comes between the commit and the first socket.
        CrashPoint(settings).arm(services.roadside.inbox)
        hub = InboxHub(
            group: group, inbox: services.roadside.inbox, attendance: services.roadside.attendance,
            perUser: settings.sockets.perUser, pace: settings.pace)
        audit = InboxAudit(
            hub: hub, inbox: services.roadside.inbox, interval: .seconds(settings.sockets.auditSeconds), logger: logger)
        self.router = try Mount.router(
            services.roadside, hub: hub, positions: PositionHub(group: group, live: services.roadside.tracking.live),
            feed: InboxFeed(inbox: services.roadside.inbox, attendance: services.roadside.attendance),
            settings: settings, health: health.report, isReady: readiness.isReady, logger: logger)
    }

    /// The router alone, for commands that print it; its database is never contacted.
    public static func routerWithoutDatabase(settings: Settings) async throws -> RouteBook {
        let logger = Logger(label: "fixoncall", factory: { _ in SwiftLogNoOpLogHandler() })
        let services = try await Services.offline(settings, logger: logger)
        defer { services.close() }
        let application = try FixOnCallApplication(services: services, settings: settings, logger: logger)
        return RouteBook(table: application.router.routes.text, openAPI: Mount.document(of: application.router))
    }

    /// Serves until SIGTERM or SIGINT, then closes sockets (1012), finishes requests and returns.
    ///
    /// - Parameter started: called once with the bound ports, the configured one first.
    /// - Throws: ``PortTaken`` when a port cannot be bound.
    public func run(started: @escaping @Sendable ([Int]) -> Void) async throws {
        try await serviceGroup(signals: [.sigterm, .sigint], started: started).run()
    }

    /// The services, for whoever wants to run and stop them himself.
    ///
    /// - Parameter adminStarted: called with the admin port, once it is bound.
    public func serviceGroup(
        signals: [UnixSignal], adminStarted: @escaping @Sendable (Int) -> Void = { _ in },
        started: @escaping @Sendable ([Int]) -> Void
    ) -> ServiceGroup {
        let ports = [settings.http.port] + settings.http.extraPorts
        let bound = BoundPorts(expected: ports.count, all: started)
        let responder = RequestLog(
            RequestDeadline(next: router, limit: .seconds(settings.http.requestSeconds)), to: log,
            metrics: RequestMetrics(services.metrics), security: services.roadside.security,
            trusting: settings.trustedProxies)
        let listeners = ports.enumerated().map { index, port in
            Listener(
                host: settings.http.host, port: port, responder: responder, limits: settings.socketLimits, group: group,
                logger: logger, refused: responder.refused
            ) { bound.took($0, at: index) }
        }
        let lag = LoopLag(group, services.metrics)
        ProcessFigures.register(in: services.metrics)
        ServerFigures.register(services, sockets: listeners.map(\.places), in: services.metrics)
        var background = [
            Background(services.roadside.dispatch.run),
            Background(services.roadside.supervision.run),
            Background(services.roadside.tracking.follow),
            Background(services.roadside.tracking.live.run),
            Background(services.roadside.inbox.follow),
            Background(services.roadside.attendance.run),
            Background(audit.run),
            Background(services.roadside.catalog.follow),
            Background(services.roadside.providers.watch),
            Background(services.roadside.personalData.run),
            Background(services.roadside.payments.run),
            Background(services.roadside.emergencies.watch),
            Background(services.roadside.papers.watch),
            Background(services.roadside.announcements.run),
            Background(services.roadside.uploads.watch),
            Background(lag.run),
        ]
        if services.ownsDatabase {
            background.append(
                Background { [services, logger] in await services.keepDatabase(logger: logger) })
        }
        return ServiceGroup(
            configuration: .init(
                services: adminListener(adminStarted).map { .init(service: $0) }
                    + listeners.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) }
                    + background.map { .init(service: $0) }
                    // Last, since the last is the first to stop.
                    + [.init(service: Drain(readiness: readiness, pause: .seconds(settings.http.drainSeconds)))],
                gracefulShutdownSignals: signals, logger: logger))
    }
}

extension FixOnCallApplication {
    /// None, or one.
    private func adminListener(_ started: @escaping @Sendable (Int) -> Void) -> [AdminListener] {
        guard let port = settings.admin.port else { return [] }
        return [
            AdminListener(
                host: settings.admin.host, port: port,
                responder: AdminResponder(registry: services.metrics, readiness: readiness), group: group,
                logger: logger, bound: started)
        ]
    }
}

/// What `fixoncall routes` and `fixoncall openapi` print.
public struct RouteBook: Sendable {
    public let table: String
    public let openAPI: JSON

    /// The same as a collection of Postman, v2.1, that is sent to `baseURL` unless its variable is changed.
    public func postman(baseURL: String) -> JSON { PostmanCollection(of: openAPI, baseURL: baseURL).json }
}

/// Tells once, when the last listener is bound.
private final class BoundPorts: Sendable {
    private let ports: Mutex<[Int: Int]> = Mutex([:])
    private let expected: Int
    private let all: @Sendable ([Int]) -> Void

    init(expected: Int, all: @escaping @Sendable ([Int]) -> Void) {
        self.expected = expected
        self.all = all
    }

    func took(_ port: Int, at index: Int) {
        let complete = ports.withLock { ports -> [Int]? in
            ports[index] = port
            return ports.count == expected ? ports.sorted { $0.key < $1.key }.map(\.value) : nil
        }
        if let complete { all(complete) }
    }
}
