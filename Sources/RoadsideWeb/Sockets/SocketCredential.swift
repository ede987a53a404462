import Foundation
import HTTPTypes
import Hummingbird
import Roadside

/// What an upgrade request is signed in with, wherever a client can put it (decision 13).
enum SocketCredential: Sendable, Hashable {
    /// An access token.
    case token(String)
    /// What opens one socket once.
    case ticket(String)

    /// Looks at `Authorization: Bearer`, then at the subprotocols `bearer.<token>`, then at `?ticket=`, then, where
    /// allowed, at `?token=`.
    ///
    /// - Returns: nil when there is none.
    /// - Throws: `MALFORMED_REQUEST` for a token in the query where that is off: it would end up in the access logs of
    ///   every proxy on the way; `INVALID_TOKEN` for an `Authorization` that carries no bearer token.
    init?(_ request: Request, queryAllowed: Bool) throws(RoadsideError) {
        var query = QueryFields(request)
        let inQuery = query.optionalText("token", max: 4096)
        guard queryAllowed || inQuery == nil else {
            throw RoadsideError(.malformedRequest, "A token in the query is not accepted here; send it in a header.")
        }
        if let token = Self.header(of: request) ?? Self.subprotocol(of: request) {
            self = .token(token)
        } else if let ticket = query.optionalText("ticket") {
            self = .ticket(ticket)
        } else if let inQuery {
            self = .token(inQuery)
        } else {
            // Whoever means to be somebody is not taken for nobody.
            guard request.headers[.authorization] == nil else { throw RoadsideError.invalidToken }
            return nil
        }
    }

    private static func header(of request: Request) -> String? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
    }

    private static func subprotocol(of request: Request) -> String? {
        let prefix = "bearer."
        return offered(by: request).first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }

    /// The subprotocols that a client offers, in his order.
    static func offered(by request: Request) -> [String] {
        request.headers[values: .secWebSocketProtocol].flatMap { $0.split(separator: ",") }
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
