import BSON
import HTTPTypes
import Hummingbird
import NIOCore
import RoadsideWeb
import Telemetry

/// What the admin port answers: metrics for Prometheus, and health with its reasons. Whoever reaches that port is trusted
/// to read them, and can change nothing.
struct AdminResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let registry: MetricRegistry
    let readiness: Readiness

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        guard request.method == .get || request.method == .head else {
            return Response(status: .methodNotAllowed, headers: [.allow: "GET, HEAD"])
        }
        let response = await answer(to: request.uri.path)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(to path: String) async -> Response {
        switch path {
        case "/metrics":
            let text = await registry.text()
            return Response(
                status: .ok, headers: [.contentType: MetricRegistry.mediaType, .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        case "/health/live": return JSONResponse(["status": "live"]).response
        case "/health/ready":
            let checks = await readiness.checks()
            let isReady = checks.allSatisfy(\.isUp)
            var json: JSON = ["status": isReady ? "ready" : "not_ready"]
            for check in checks { json.add(check.name, check.isUp ? "up" : "down") }
            return JSONResponse(json, status: isReady ? .ok : .serviceUnavailable).response
        default: return Response(status: .notFound)
        }
    }
}
