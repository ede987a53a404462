import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideWeb

/// What balancers and supervisors ask. The answers are yes or no: reasons are for the admin port.
struct ProbeRoutes: Sendable {
    let isReady: @Sendable () async -> Bool

    var blueprint: Blueprint<WebContext> {
        var blueprint = Blueprint<WebContext>("probes", prefix: "/health")
        blueprint.get("/live", name: "live", Self.live) { _, _ in
            Envelope.success("The server is alive.", ["status": "live"])
        }
        blueprint.get("/ready", name: "ready", Self.ready, handler: ready)
        return blueprint
    }

    @Sendable private func ready(_ request: Request, _ context: WebContext) async throws -> Response {
        guard await isReady() else { throw RoadsideError(.overloaded, "The server is not ready.") }
        return Envelope.success("The server is ready.", ["status": "ready"])
    }

    private static let live = Operation.fixOnCall(
        "Health", "Whether the process answers at all", for: .everybody, message: "The server is alive.",
        data: ["status": "live"])

    private static let ready = Operation.fixOnCall(
        "Health", "Whether it should be sent requests", for: .everybody,
        description:
            "It is not while it stops, while its database does not answer or lacks migrations, or on a full disk.",
        message: "The server is ready.", data: ["status": "ready"], refusals: [503])
}
