public import Foundation
import JWTKit
public import Roadside

/// Access tokens as JSON Web Tokens, HS256 with a key ring: signed with the current key, read with any of the ring.
///
/// The algorithm is pinned before JWTKit sees the token, and so is the key: JWTKit would try its default key for a `kid`
/// it does not know. A token once verified is remembered until it runs out, because reading one costs 37 µs
/// (swift-on-linux.md §9); whether its session still lives is asked elsewhere.
public struct JWTAccessTokens: AccessTokens {
    /// Clocks of two servers may differ by that many seconds.
    public static let leeway: Int64 = 5
    private static let longestToken = 4096
    /// Bytes of an HMAC with SHA-256.
    private static let signatureLength = 32

    private let keys: JWTKeyCollection
    private let current: JWKIdentifier
    private let known: Set<String>
    private let issuer: String
    private let audience: String
    private let verified = GenerationCache<String, Caller>(limit: 16_384)

    public init(_ ring: Secrets.KeyRing, issuer: String = "fixoncall", audience: String = "fixoncall-api") async {
        let keys = JWTKeyCollection()
        for key in ring.all {
            await keys.add(
                hmac: HMACKey(from: Data(key.bytes)), digestAlgorithm: .sha256, kid: JWKIdentifier(string: key.id))
        }
        self.keys = keys
        current = JWKIdentifier(string: ring.current.id)
        known = Set(ring.all.map(\.id))
        self.issuer = issuer
        self.audience = audience
    }

    public func sign(_ caller: Caller, issuedAt: Date) async throws(RoadsideError) -> String {
        let claims = AccessClaims(caller, issuedAt: issuedAt, issuer: issuer, audience: audience)
        do {
            return try await keys.sign(claims, kid: current)
        } catch {
            throw RoadsideError(any: error)
        }
    }

    public func verify(_ token: String, now: Date) async throws(RoadsideError) -> Caller {
        if let caller = verified.value(for: token) {
            guard isGood(caller, at: now) else { throw .invalidToken }
            return caller
        }
        guard token.utf8.count <= Self.longestToken, isOurs(token) else { throw .invalidToken }
        let claims: AccessClaims
        do {
            claims = try await keys.verify(token, as: AccessClaims.self)
        } catch {
            throw .invalidToken
        }
        guard let caller = claims.caller(now: now, issuer: issuer, audience: audience, leeway: Self.leeway) else {
            throw .invalidToken
        }
        verified.store(caller, for: token)
        return caller
    }

    private func isGood(_ caller: Caller, at now: Date) -> Bool {
        now.timeIntervalSince(caller.expiresAt) < TimeInterval(Self.leeway)
    }

    /// Strictly: HS256, a key of the ring, nothing we would have to understand besides.
    private func isOurs(_ token: String) -> Bool {
        guard let parts = TokenParts(token), parts.signature.count == Self.signatureLength else { return false }
        return parts.kid(for: "HS256").map(known.contains) ?? false
    }
}
