import AsyncHTTPClient
import BSON
public import Foundation
import JWTKit
public import Logging
public import Roadside
import RoadsideRules

/// ID tokens of Google (developers.google.com/identity/openid-connect): signed with one of its keys, made for one of our
/// clients, good now. Nobody is asked about a token: what it says is all in it.
public struct GoogleIdentityTokens: IdentityTokens {
    public static let keysAddress = "https://www.googleapis.com/oauth2/v3/certs"
    private static let issuers: Set<String> = ["accounts.google.com", "https://accounts.google.com"]
    private static let longestToken = 4096
    /// Google's clock and ours may differ by that many seconds.
    private static let leeway = 60.0

    private let clients: Set<String>
    private let keys: GoogleKeys

    /// - Parameters:
    ///   - clients: the OAuth client ids of our apps.
    ///   - keysAddress: where its keys are published.
    ///   - isInsideAllowed: whether that may be a machine of our own, as in tests (T24).
    public init(
        clients: Set<String>, keysAddress: String = GoogleIdentityTokens.keysAddress, isInsideAllowed: Bool = false,
        clock: @escaping @Sendable () -> Date = { Date() }, logger: Logger
    ) {
        self.clients = clients
        keys = GoogleKeys(
            address: keysAddress, allowed: isInsideAllowed ? [.outside, .inside] : [.outside], clock: clock,
            logger: logger)
    }

    public func verify(_ token: String, nonce: String?, now: Date) async throws(RoadsideError) -> OutsideIdentity {
        // The algorithm is pinned before the token is read, and so is the key.
        guard token.utf8.count <= Self.longestToken, let parts = TokenParts(token), let kid = parts.kid(for: "RS256")
        else { throw .foreignIdentity }
        guard let key = try await keys.key(kid) else { throw .foreignIdentity }
        let claims: GoogleClaims
        do {
            claims = try await key.verify(token, as: GoogleClaims.self)
        } catch {
            throw .foreignIdentity
        }
        guard isGood(claims, nonce: nonce, at: now.timeIntervalSince1970), let email = ContactRules.email(claims.email)
        else { throw .foreignIdentity }
        return OutsideIdentity(
            subject: claims.sub, email: email,
            isAuthoritative: email.hasSuffix("@gmail.com") || claims.hd?.isEmpty == false, name: claims.name ?? "")
    }

    private func isGood(_ claims: GoogleClaims, nonce: String?, at now: Double) -> Bool {
        Self.issuers.contains(claims.iss) && !claims.aud.isEmpty && clients.isSuperset(of: claims.aud)
            && claims.azp.map(clients.contains) ?? true
            && claims.exp > now - Self.leeway && claims.iat <= now + Self.leeway && claims.iat < claims.exp
            && (1...255).contains(claims.sub.utf8.count) && claims.sub.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            && claims.isEmailVerified
            // Whoever began with one has to show it, and a token that was made with one is nothing without it.
            && claims.nonce == nonce
    }
}

/// What an ID token says, as far as we listen.
struct GoogleClaims: JWTPayload {
    let iss: String
    let aud: Set<String>
    let azp: String?
    let sub: String
    /// Seconds.
    let exp: Double
    let iat: Double
    let email: String
    let isEmailVerified: Bool
    let name: String?
    let nonce: String?
    /// The domain of an organisation whose addresses Google keeps.
    let hd: String?

    enum CodingKeys: String, CodingKey {
        case iss, aud, azp, sub, exp, iat, email, name, nonce, hd
        case isEmailVerified = "email_verified"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        iss = try values.decode(String.self, forKey: .iss)
        if let one = try? values.decode(String.self, forKey: .aud) {
            aud = [one]
        } else {
            aud = try Set(values.decode([String].self, forKey: .aud))
        }
        azp = try values.decodeIfPresent(String.self, forKey: .azp)
        sub = try values.decode(String.self, forKey: .sub)
        exp = try values.decode(Double.self, forKey: .exp)
        iat = try values.decode(Double.self, forKey: .iat)
        email = try values.decode(String.self, forKey: .email)
        // Its documents say that it is true or "true".
        if let truth = try? values.decode(Bool.self, forKey: .isEmailVerified) {
            isEmailVerified = truth
        } else {
            isEmailVerified = try values.decode(String.self, forKey: .isEmailVerified) == "true"
        }
        name = try values.decodeIfPresent(String.self, forKey: .name)
        nonce = try values.decodeIfPresent(String.self, forKey: .nonce)
        hd = try values.decodeIfPresent(String.self, forKey: .hd)
    }

    func encode(to encoder: any Encoder) throws {
        throw EncodingError.invalidValue(self, .init(codingPath: [], debugDescription: "these tokens are only read"))
    }

    /// Nothing: the times are compared with the clock of whoever asks.
    func verify(using algorithm: some JWTAlgorithm) {}
}
