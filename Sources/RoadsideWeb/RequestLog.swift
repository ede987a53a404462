import BSON
import HTTPTypes
public import Hummingbird
import Logging
public import Roadside
public import Telemetry

/// The outermost responder: gives each request its id, its client's address and its place in a trace, counts it, and writes
/// one line for its answer (promise D36).
public struct RequestLog<Next: HTTPResponder>: HTTPResponder where Next.Context == WebContext {
    private let next: Next
    private let output: LogOutput?
    private let metrics: RequestMetrics
    private let security: SecurityLog
    private let proxies: TrustedProxies

    /// - Parameters:
    ///   - output: where lines go; nil for a server that says nothing.
    ///   - security: hears of refusals and of what staff does.
    ///   - proxies: whose word counts about where requests come from.
    public init(
        _ next: Next, to output: LogOutput?, metrics: RequestMetrics, security: SecurityLog,
        trusting proxies: TrustedProxies = TrustedProxies()
    ) {
        (self.next, self.output, self.metrics, self.security) = (next, output, metrics, security)
        self.proxies = proxies
    }

    public func respond(to request: Request, context: WebContext) async throws -> Response {
        var context = context
        context.adopt(from: request.headers)
        context.adoptAddress(from: request.headers, trusting: proxies)
        let record = context.record
        metrics.began()
        return try await RequestRecord.$current.withValue(record) {
            do {
                var response = try await next.respond(to: request, context: context)
                response.headers[.requestID] = record.requestID
                end(request, context, status: response.status.code, bytes: response.body.contentLength)
                return response
            } catch {
                let status = (error as? any HTTPResponseError)?.status.code ?? 500
                end(request, context, status: status, bytes: nil)
                throw error
            }
        }
    }

    /// A request that was refused before it was one: what refused it tells its status, and nobody can tell more. Its
    /// address is the peer's own; without a header there is no proxy to believe.
    ///
    /// - Parameter peer: the connection's other end.
    public func refused(_ status: Int, peer: String) {
        let code = UnroutedRefusal(status: status).code
        metrics.began()
        metrics.ended(route: "", method: "", status: status, code: code, after: .zero)
        guard let output else { return }
        var notes = RequestRecord.Notes()
        notes.code = code
        let line = AccessLine(
            route: "", method: "", status: status, notes: notes, address: ClientAddress.truncated(peer))
        output.write(.info, "Request", request: RequestRecord()) { line.write(into: &$0) }
    }

    private func end(_ request: Request, _ context: WebContext, status: Int, bytes: Int?) {
        let elapsed = context.started.duration(to: .now)
        let (notes, waited, worked) = context.record.summary
        let (route, method) = (context.coreContext.endpointPath.value ?? "", request.method.rawValue)
        metrics.ended(route: route, method: method, status: status, code: notes.code, after: elapsed)
        if let output {
            let line = AccessLine(
                route: route, method: method, status: status, elapsed: elapsed, waited: waited, worked: worked,
                bytes: bytes, notes: notes, address: ClientAddress.truncated(context.remoteAddress))
            let isFailure = status >= 500 && !AccessLine.isProbe(route)
            output.write(isFailure ? .error : .info, "Request", request: context.record) { line.write(into: &$0) }
        }
        tell(of: status, notes, route: route, method: method)
    }

    private func tell(of status: Int, _ notes: RequestRecord.Notes, route: String, method: String) {
        let event: SecurityEvent
        switch status {
        case 403: event = .authzDeny
        case 429: event = .rateLimit
        case 200..<300 where notes.isStaff && method != "GET" && method != "HEAD": event = .adminAction
        default: return
        }
        var metadata: Logger.Metadata = ["route": "\(route)", "method": "\(AccessLine.known(method))"]
        metadata["role"] = notes.role.map { "\($0)" }
        security.note(event, of: notes.user.flatMap(ObjectID.init), metadata)
    }
}
