public import Blueprint
import HTTPTypes
public import Hummingbird
public import Roadside

/// Who may open sockets, the same for those of every dialect; asked before the upgrade.
public struct SocketAdmission: Sendable {
    /// Whose pages may.
    public var origins: SocketOrigins
    /// Whether a token in the query is taken instead of refused as malformed (decision 13).
    public var queryToken: Bool

    public init(origins: SocketOrigins = SocketOrigins(), queryToken: Bool = false) {
        self.origins = origins
        self.queryToken = queryToken
    }

    /// Whose socket it would be. The page is looked at before the credential, so that a foreign page spends no ticket.
    ///
    /// - Throws: `FORBIDDEN` for a page of a foreign origin; `INVALID_TOKEN`, or `ACCOUNT_DISABLED`; `MALFORMED_REQUEST`
    ///   for a token where none may be.
    public func caller(of request: Request, _ accounts: Accounts) async throws(RoadsideError) -> Caller {
        guard let caller = try await known(request, accounts) else {
            throw RoadsideError(.invalidToken, "A token is required.")
        }
        return caller
    }

    /// As ``caller(of:_:)``, and nil for who presents nothing at all; a token that does not count never makes a guest.
    public func known(_ request: Request, _ accounts: Accounts) async throws(RoadsideError) -> Caller? {
        guard origins.allow(request.headers[values: .origin], host: request.head.authority) else {
            throw RoadsideError(.forbidden, "Pages of this origin may not open sockets.")
        }
        switch try SocketCredential(request, queryAllowed: queryToken) {
        case .token(let token): return try await accounts.authenticate(bearer: token)
        case .ticket(let ticket): return try await accounts.redeem(ticket: ticket, at: request.uri.path)
        case nil: return nil
        }
    }
}

extension SocketAdmission {
    /// What the documents say of the ticket, on every socket.
    public static let ticketParameter = Operation.Parameter.query(
        "ticket", .string,
        "A ticket of `POST /api/ws/ticket`, for clients that can send no header. It opens one socket, once.")
}
