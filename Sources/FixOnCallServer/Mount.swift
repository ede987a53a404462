import BSON
import Blueprint
import CareConnect
import Depannini
import FixOnCall
import HTTPTypes
import Hummingbird
import LiveBookings
import Logging
import Roadside
import RoadsideRules
import RoadsideWeb

/// Where every dialect meets: one line each.
enum Mount {
    /// Builds the router of everything this server answers.
    ///
    /// - Throws: `BlueprintError` when two routes or names collide; that is a mistake of ours, found at start.
    static func router(
        _ roadside: Roadside, hub: InboxHub, positions: PositionHub, feed: InboxFeed, settings: Settings,
        health: @escaping @Sendable () async -> HealthReport, isReady: @escaping @Sendable () async -> Bool,
        logger: Logger
    ) throws -> BlueprintRouter<WebContext> {
        let document = OpenAPIPage()
        let sockets = SocketDocuments()
        var app = Blueprint<WebContext>("fixoncall")
        // Outside every dialect's own paths the main one answers.
        FixOnCall.answerErrors(in: &app)
        let shed = LoadShed(limit: settings.limits.inFlight) {
            Depannini.importance(of: $0) ?? FixOnCall.importance(of: $0)
        }
        app.before { _, context in
            if let refusal = context.refusal { throw refusal }
            try shed.enter(&context)
            return nil
        }
        app.around(shed.layer)
        app.teardown(shed.teardown)
        let options = settings.fixOnCall
        app.register(FixOnCall.blueprint(roadside, feed: feed, options: options, health: health))
        app.register(FixOnCall.files(roadside, options: options))
        app.register(FixOnCall.probes(isReady: isReady))
        app.register(Depannini.blueprint(roadside, options: Depannini.Options(limits: options.limits)))
        app.register(LiveBookings.blueprint(roadside, hub: hub, options: settings.liveBookings, logger: logger))
        app.register(
            FixOnCall.sockets(
                roadside,
                ResumableSockets(
                    roadside, hub: hub, positions: positions, options: settings.resumableSockets, logger: logger)))
        let dialogues = Dialogues(
            roadside, hub: hub, positions: positions, options: settings.dialogues, logger: logger)
        app.register(
            CareConnect.blueprint(roadside, dialogues: dialogues, options: settings.rides, logger: logger))
        app.register(AdminPage().blueprint)
        app.register(Depannini.sockets(roadside, dialogues))
        if settings.docs.enabled {
            app.get("/api/swagger.json", name: "openapi", OpenAPIPage.operation, handler: document.answer)
            sockets.record(in: &app)
            for docs in SwaggerUI(folder: settings.docs.files, document: "openapi").blueprints { app.register(docs) }
        }
        let router = try BlueprintRouter(app: app)
        document.set(Self.document(of: router))
        sockets.set(Self.sockets(of: router))
        return router
    }

    /// What the documents say of a router's sockets.
    static func sockets(of router: BlueprintRouter<WebContext>) -> SocketBook {
        SocketBook(
            heading: heading, routes: router.routes,
            descriptions: FixOnCall.socketDescriptions + LiveBookings.socketDescriptions + Depannini.socketDescriptions
                + CareConnect.socketDescriptions,
            schemas: schemas)
    }

    /// The OpenAPI document of a router.
    static func document(of router: BlueprintRouter<WebContext>) -> JSON {
        router.openAPI(
            info: heading, servers: ["/"],
            tags: FixOnCall.tags + LiveBookings.tags + Depannini.tags + CareConnect.tags + [OpenAPIPage.tag],
            schemas: schemas)
    }

    private static let schemas = FixOnCall.schemas + LiveBookings.schemas + Depannini.schemas + CareConnect.schemas

    private static let heading = OpenAPIHeading(
        title: "Fix On Call", version: Health.version,
        description: "Roadside assistance: requests, offers, bookings and live updates.")
}

extension Settings {
    var fixOnCall: FixOnCall.Options {
        FixOnCall.Options(
            expiryGrace: .seconds(sockets.expiryGraceSeconds), commentInterval: .seconds(sockets.commentSeconds),
            limits: requestLimits)
    }

    var pace: InboxHub.Pace {
        InboxHub.Pace(
            usual: .seconds(sockets.pingSeconds), onShift: .seconds(min(sockets.pingSeconds, sockets.shiftPingSeconds)))
    }

    var resumableSockets: ResumableSockets.Options {
        var options = ResumableSockets.Options()
        options.expiryGrace = .seconds(sockets.expiryGraceSeconds)
        options.resumePatience = .milliseconds(sockets.resumeMilliseconds)
        options.pingInterval = .seconds(sockets.pingSeconds)
        options.admission = socketAdmission
        options.positionInterval = .milliseconds(sockets.positionMilliseconds)
        return options
    }

    var dialogues: Dialogues.Options {
        var options = Dialogues.Options()
        options.expiryGrace = .seconds(sockets.expiryGraceSeconds)
        options.admission = socketAdmission
        options.positionInterval = .milliseconds(sockets.positionMilliseconds)
        options.applicationPing = .seconds(sockets.appPingSeconds)
        return options
    }

    var liveBookings: LiveBookings.Options {
        LiveBookings.Options(expiryGrace: .seconds(sockets.expiryGraceSeconds), admission: socketAdmission)
    }

    var rides: CareConnect.Options {
        CareConnect.Options(
            plan: careConnect.autoAssign ? .auto : .cascade, serviceType: careConnect.serviceType,
            guests: careConnect.guests, admission: socketAdmission)
    }

    private var socketAdmission: SocketAdmission {
        // Entries that are no origins have been refused at loading.
        SocketAdmission(origins: SocketOrigins(sockets.origins) ?? SocketOrigins(), queryToken: sockets.queryToken)
    }
}
