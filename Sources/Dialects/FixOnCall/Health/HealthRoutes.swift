import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideWeb

/// D22: whether the server can do its work.
struct HealthRoutes: Sendable {
    let health: @Sendable () async -> HealthReport

    var blueprint: Blueprint<WebContext> {
        var blueprint = Blueprint<WebContext>("health")
        blueprint.get("/health", name: "health", Self.operation, handler: answer)
        return blueprint
    }

    @Sendable private func answer(_ request: Request, _ context: WebContext) async throws -> Response {
        let report = await health()
        guard report.isHealthy else { throw Self.unhealthy(report) }
        return Envelope.success("Service is healthy.", HealthView.json(report))
    }

    static func unhealthy(_ report: HealthReport) -> RoadsideError {
        RoadsideError(.databaseUnavailable, "The service is unhealthy.", details: [("data", HealthView.json(report))])
    }

    private static let operation = Operation.fixOnCall(
        "Health", "Whether the server and its database are up", for: .everybody, message: "Service is healthy.",
        data: HealthView.example, refusals: [503])
}
