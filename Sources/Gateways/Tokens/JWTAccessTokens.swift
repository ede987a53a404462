import BSON
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

    /// Looks at the shape of the parts and reads the header, strictly: HS256, a key of the ring, nothing we would have
    /// to understand besides.
    private func isOurs(_ token: String) -> Bool {
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Data(base64URL: parts[0]), Data(base64URL: parts[1]) != nil,
            Data(base64URL: parts[2])?.count == Self.signatureLength, let json = try? JSON.parse(header),
            json["alg"]?.string == "HS256", let kid = json["kid"]?.string
        else { return false }
        return known.contains(kid) && json["crit"] == nil && (json["typ"] == nil || json["typ"]?.string == "JWT")
    }
}

extension Data {
    /// Nothing unless every character belongs to the alphabet of RFC 4648 §5, without padding.
    fileprivate init?(base64URL text: Substring.UTF8View) {
        var standard: [UInt8] = []
        standard.reserveCapacity(text.count + 3)
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: standard.append(byte)
            }
        }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        self.init(base64Encoded: Data(standard))
    }
}
