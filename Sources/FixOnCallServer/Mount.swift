import BSON
import Blueprint
import FixOnCall
import HTTPTypes
import Hummingbird
import LiveBookings
import Logging
import NIOCore
import Roadside
import RoadsideWeb
import Synchronization

/// Where every dialect meets: one line each.
enum Mount {
    /// Builds the router of everything this server answers.
    ///
    /// - Throws: `BlueprintError` when two routes or names collide; that is a mistake of ours, found at start.
    static func router(
        _ roadside: Roadside, hub: InboxHub, settings: Settings, health: @escaping @Sendable () async -> HealthReport,
        logger: Logger
    ) throws -> BlueprintRouter<WebContext> {
        let document = OpenAPIPage()
        var app = Blueprint<WebContext>("fixoncall")
        // Outside every dialect's own paths the main one answers.
        FixOnCall.answerErrors(in: &app)
        app.register(FixOnCall.blueprint(roadside, health: health))
        app.register(LiveBookings.blueprint(roadside, hub: hub, options: settings.liveBookings, logger: logger))
        app.get(
            "/api/swagger.json", name: "openapi", Operation("This API as an OpenAPI 3.1 document", tags: ["documents"])
        ) { _, _ in
            document.response
        }
        let router = try BlueprintRouter(app: app)
        document.set(Self.document(of: router))
        return router
    }

    /// The OpenAPI document of a router.
    static func document(of router: BlueprintRouter<WebContext>) -> JSON {
        router.openAPI(info: heading, schemas: FixOnCall.schemas)
    }

    private static let heading = OpenAPIHeading(
        title: "Fix On Call", version: "1",
        description: "Roadside assistance: requests, offers, bookings and live updates.")
}

extension Settings {
    var liveBookings: LiveBookings.Options {
        LiveBookings.Options(expiryGrace: .seconds(sockets.expiryGraceSeconds), queryToken: sockets.queryToken)
    }
}

/// The document is made from the router that serves it, so it is filled in once the router exists.
private final class OpenAPIPage: Sendable {
    private let bytes = Mutex(ByteBuffer())

    func set(_ json: JSON) { bytes.withLock { $0 = ByteBuffer(bytes: json.bytes()) } }

    var response: Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: bytes.withLock { $0 }))
    }
}
