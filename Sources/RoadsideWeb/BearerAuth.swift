public import Blueprint
public import HTTPTypes
import Hummingbird
public import Roadside
import RoadsideRules

/// Who may call what: one hook that reads the bearer token and holds it against the roles its route declares.
///
/// The route's ``Blueprint/Operation`` is the only place where roles are written, so the documents, the table of
/// routes and this check cannot disagree. A route without roles is public, an empty list means anybody who is signed
/// in.
public struct BearerAuth: Sendable {
    private let authenticate: @Sendable (String) async throws(RoadsideError) -> Caller

    public init(_ accounts: Accounts) {
        authenticate = { token async throws(RoadsideError) in try await accounts.authenticate(bearer: token) }
    }

    /// - Parameter authenticate: turns a token into its caller or throws `INVALID_TOKEN`.
    public init(authenticate: @escaping @Sendable (String) async throws(RoadsideError) -> Caller) {
        self.authenticate = authenticate
    }

    /// Refuses with `INVALID_TOKEN` before it refuses with `FORBIDDEN`, and both before the handler reads a byte of
    /// the body.
    public var hook: Blueprint<WebContext>.BeforeHook {
        { request, context in
            guard let roles = context.routing.operation?.roles else { return nil }
            var caller = try await authenticate(Self.token(in: request.headers))
            guard roles.isEmpty || roles.contains(caller.role.rawValue) else {
                throw RoadsideError(.forbidden, "Your role does not allow this.")
            }
            caller.origin = context.origin
            context.caller = caller
            return nil
        }
    }

    /// The token of `Authorization: Bearer …`; the scheme's case does not matter (RFC 7235).
    public static func token(in headers: HTTPFields) throws(RoadsideError) -> String {
        let parts = (headers[.authorization] ?? "").utf8.split(separator: UInt8(ascii: " "))
        guard parts.count == 2, Substring(parts[0]).lowercased() == "bearer" else { throw RoadsideError.invalidToken }
        return String(Substring(parts[1]))
    }
}

extension WebContext {
    /// The caller of a route that declares roles. On a route that does not, asking is a fault of the program, which
    /// must end in a refusal and not in a privilege.
    public func requireCaller() throws(RoadsideError) -> Caller {
        guard let caller else { throw RoadsideError.invalidToken }
        return caller
    }
}
