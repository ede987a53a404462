import Foundation
import HTTPTypes
public import Hummingbird
public import Roadside

/// The access token of an upgrade request, wherever a client can put one (decision 13).
public enum SocketToken {
    /// Looks at `Authorization: Bearer`, then at the subprotocols `bearer.<token>`, then, where allowed, at `?token=`.
    ///
    /// - Throws: `INVALID_TOKEN` when there is none, `VALIDATION_ERROR` for a token in the query where that is off: it would
    ///   end up in the access logs of every proxy on the way.
    public static func read(_ request: Request, queryAllowed: Bool) throws(RoadsideError) -> String {
        var query = QueryFields(request)
        let inQuery = query.optionalText("token", max: 4096)
        guard queryAllowed || inQuery == nil else {
            throw RoadsideError(.malformedRequest, "A token in the query is not accepted here; send it in a header.")
        }
        if let header = request.headers[.authorization] {
            let parts = header.split(separator: " ", omittingEmptySubsequences: true)
            if parts.count == 2, parts[0].lowercased() == "bearer" { return String(parts[1]) }
        }
        for name in offered(by: request) where name.hasPrefix("bearer.") {
            return String(name.dropFirst("bearer.".count))
        }
        guard let inQuery else { throw RoadsideError(.invalidToken, "A token is required.") }
        return inQuery
    }

    /// The subprotocols that a client offers, in his order.
    static func offered(by request: Request) -> [String] {
        request.headers[values: .secWebSocketProtocol].flatMap { $0.split(separator: ",") }
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
