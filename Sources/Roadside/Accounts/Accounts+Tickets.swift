import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

// Tickets (realtime.md §3.10). A ticket carries the session, its version and the end of the token that asked for it, so
// what it opens lives no longer than what that token would have opened.
extension Accounts {
    /// A ticket for a socket of the caller's.
    ///
    /// - Parameter route: the path of the one socket that it opens; nil: of any.
    public func ticket(for caller: Caller, route: String?) async throws(RoadsideError) -> SocketTicket {
        let token = OpaqueToken(bytes: dependencies.random(OpaqueToken.byteCount))
        let expiresAt = min(now.addingTimeInterval(settings.ticketLifetime.timeInterval), caller.expiresAt)
        var document: Document = [
            "_id": token.key, "user_id": .id(caller.userID), "role": .string(caller.role.rawValue),
            "session_id": .id(caller.sessionID), "session_version": .int64(Int64(caller.sessionVersion)),
            "token_expires_at": .date(caller.expiresAt), "expires_at": .date(expiresAt),
        ]
        document.append("route", ifPresent: route)
        let written = document
        try await store.database { () async throws(MongoError) in try await store.socketTickets.insert(written) }
        return SocketTicket(text: token.text, expiresAt: expiresAt)
    }

    /// Who opens the socket at `route` with a ticket, which is spent by it whatever comes of it: an address is seen by
    /// many on its way.
    ///
    /// - Throws: `INVALID_TOKEN` for a ticket that is unknown, spent, expired or another route's, and when its session has
    ///   been ended; `ACCOUNT_DISABLED`.
    public func redeem(ticket text: String, at route: String) async throws(RoadsideError) -> Caller {
        guard let token = OpaqueToken(text) else { throw .invalidToken }
        let ticket = try await store.database { () async throws(MongoError) in
            try await store.socketTickets.findOneAndDelete(["_id": token.key])
        }
        let now = now
        guard let ticket, let caller = Caller(ticket: ticket), let expiresAt: Date = ticket.get("expires_at"),
            expiresAt > now, ticket.get("route", as: String.self).map({ $0 == route }) ?? true
        else { throw .invalidToken }
        try await gate.check(caller, at: now)
        return caller
    }
}

extension OpaqueToken {
    fileprivate var key: BSONValue { .binary(subtype: 0, bytes: hash) }
}

extension Caller {
    fileprivate init?(ticket: Document) {
        guard let user: ObjectID = ticket.get("user_id"), let session: ObjectID = ticket.get("session_id"),
            let role = ticket.get("role").flatMap(Role.init(rawValue:)),
            let expiresAt: Date = ticket.get("token_expires_at")
        else { return nil }
        self.init(
            userID: user, role: role, sessionID: session, sessionVersion: ticket.get("session_version") ?? 0,
            expiresAt: expiresAt)
    }
}
