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

    public init(services: Services, settings: Settings, logger: Logger) throws {
        let group = MultiThreadedEventLoopGroup.singleton
        self.services = services
        self.settings = settings
        self.logger = logger
        self.group = group
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
            settings: settings,
            health: Health(client: services.client, inbox: services.roadside.inbox).report, logger: logger)
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
    public func serviceGroup(
        signals: [UnixSignal], started: @escaping @Sendable ([Int]) -> Void
    ) -> ServiceGroup {
        let ports = [settings.http.port] + settings.http.extraPorts
        let bound = BoundPorts(expected: ports.count, all: started)
        let responder = RequestLog(
            RequestDeadline(next: router, limit: .seconds(10)), logger: logger, hiding: Mount.secretPaths,
            trusting: settings.trustedProxies)
        let listeners = ports.enumerated().map { index, port in
            Listener(
                host: settings.http.host, port: port, responder: responder, limits: settings.socketLimits, group: group,
                logger: logger
            ) { bound.took($0, at: index) }
        }
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
            Background(services.roadside.emergencies.watch),
            Background(services.roadside.papers.watch),
            Background(services.roadside.uploads.watch),
        ]
        if services.ownsDatabase {
            background.append(
                Background { [services, logger] in await services.keepDatabase(logger: logger) })
        }
        return ServiceGroup(
            configuration: .init(
                services: listeners.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) }
                    + background.map { .init(service: $0) },
                gracefulShutdownSignals: signals, logger: logger))
    }
}

/// What `fixoncall routes` and `fixoncall openapi` print.
public struct RouteBook: Sendable {
    public let table: String
    public let openAPI: JSON
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
