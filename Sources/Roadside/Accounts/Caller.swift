public import BSON
public import Foundation
public import RoadsideRules

/// Who is asking: what a verified access token says.
public struct Caller: Sendable, Hashable {
    public let userID: ObjectID
    public let role: Role
    /// The family of refresh tokens the access token was made from; one per sign-in.
    public let sessionID: ObjectID
    /// Must equal `users.session_version`; raising that number ends every session of the account.
    public let sessionVersion: Int
    public let expiresAt: Date
    /// Of whoever came by a request.
    public var origin: RequestOrigin?

    public init(userID: ObjectID, role: Role, sessionID: ObjectID, sessionVersion: Int, expiresAt: Date) {
        self.userID = userID
        self.role = role
        self.sessionID = sessionID
        self.sessionVersion = sessionVersion
        self.expiresAt = expiresAt
    }
}
