import Foundation
import HTTPTypes
public import Hummingbird
public import Logging

/// The outermost responder: gives each request its id and its client's address, and writes one access line for its
/// answer (promise D36).
///
/// A line carries timestamp, address, method, path without its query, status, milliseconds and request id; never a
/// header, a body or a query string, because tokens, codes and tickets travel there.
public struct RequestLog<Next: HTTPResponder>: HTTPResponder where Next.Context == WebContext {
    private let next: Next
    private let logger: Logger?
    private let secrets: SecretPaths
    private let proxies: TrustedProxies

    /// - Parameters:
    ///   - logger: where lines go; nil means the request's own logger.
    ///   - secrets: paths that end in a secret.
    ///   - proxies: whose word counts about where requests come from.
    public init(
        _ next: Next, logger: Logger? = nil, hiding secrets: SecretPaths = SecretPaths(),
        trusting proxies: TrustedProxies = TrustedProxies()
    ) {
        self.next = next
        self.proxies = proxies
        self.logger = logger
        self.secrets = secrets
    }

    public func respond(to request: Request, context: WebContext) async throws -> Response {
        var context = context
        context.adoptRequestID(from: request.headers)
        context.adoptAddress(from: request.headers, trusting: proxies)
        let at = Date()
        do {
            var response = try await next.respond(to: request, context: context)
            response.headers[.requestID] = context.requestID
            write(request, context, status: response.status.code, at: at)
            return response
        } catch {
            let status = (error as? any HTTPResponseError)?.status.code ?? 500
            write(request, context, status: status, at: at)
            throw error
        }
    }

    private func write(_ request: Request, _ context: WebContext, status: Int, at: Date) {
        let elapsed = context.started.duration(to: .now)
        (logger ?? context.logger).log(
            level: status >= 500 ? .error : .info,
            "request",
            metadata: AccessLine.metadata(
                at: at, address: context.remoteAddress, method: request.method.rawValue,
                target: request.head.path ?? "",
                status: status, elapsed: elapsed, requestID: context.requestID, hiding: secrets))
    }
}
