import BSON
import Foundation
import JWTKit
import Roadside
import RoadsideRules

/// What an access token says. Times are whole seconds: some strict readers refuse fractions.
struct AccessClaims: JWTPayload {
    /// Tells an access token from any other kind signed with the same key.
    static let type = "access"

    /// The user's id in hexadecimal.
    let sub: String
    /// Canonical role, never a dialect's word (contracts K1).
    let role: String
    /// `users.session_version`.
    let sv: Int
    /// The family of refresh tokens.
    let sid: String
    let exp: Int64
    let iat: Int64
    /// We never say it; whoever does is held to it.
    let nbf: Int64?
    let iss: String
    let aud: String
    let typ: String

    init(_ caller: Caller, issuedAt: Date, issuer: String, audience: String) {
        sub = caller.userID.hex
        role = caller.role.rawValue
        sv = caller.sessionVersion
        sid = caller.sessionID.hex
        exp = Int64(caller.expiresAt.timeIntervalSince1970.rounded(.down))
        iat = Int64(issuedAt.timeIntervalSince1970.rounded(.down))
        nbf = nil
        iss = issuer
        aud = audience
        typ = Self.type
    }

    /// Nothing: the times are compared with the clock of whoever asks, in `caller(now:…)`.
    func verify(using algorithm: some JWTAlgorithm) {}

    /// The caller, if the claims are for us and good at `now`.
    func caller(now: Date, issuer: String, audience: String, leeway: Int64) -> Caller? {
        let seconds = Int64(now.timeIntervalSince1970.rounded(.down))
        guard typ == Self.type, iss == issuer, aud == audience, exp > seconds - leeway, iat <= seconds + leeway,
            iat < exp, nbf.map({ $0 <= seconds + leeway }) ?? true,
            let user = ObjectID(sub), let session = ObjectID(sid), let role = Role(rawValue: role)
        else { return nil }
        return Caller(
            userID: user, role: role, sessionID: session, sessionVersion: sv,
            expiresAt: Date(timeIntervalSince1970: TimeInterval(exp)))
    }
}
