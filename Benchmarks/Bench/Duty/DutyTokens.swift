import BSON
import Crypto
import Foundation
import Gateways
import Roadside
import RoadsideRules

/// Access tokens of everybody in ``DutyCity``, signed here with the server's key: eleven thousand sign-ins would take
/// bcrypt an hour.
struct DutyTokens: Sendable {
    let providers: [String]
    let customers: [String]

    /// - Parameter secret: the text from which the server derives the key of its tokens (`JWT_SECRET_KEY`).
    init(secret: String) throws {
        (providers, customers) = try waiting {
            let key = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: Data(secret.utf8)), info: Data("fixoncall.tokens".utf8),
                outputByteCount: Secrets.Key.byteCount)
            let ring = try Secrets.KeyRing(current: .init(id: "1", bytes: key.withUnsafeBytes { Array($0) }))
            let tokens = await JWTAccessTokens(ring)
            let now = Date()
            func token(_ user: ObjectID, _ role: Role) async throws -> String {
                try await tokens.sign(
                    Caller(
                        userID: user, role: role, sessionID: ObjectID(), sessionVersion: 0,
                        expiresAt: now.addingTimeInterval(Self.lifetime)), issuedAt: now)
            }
            var (providers, customers): ([String], [String]) = ([], [])
            for index in 0..<DutyCity.providers { providers.append(try await token(City.provider(index), .provider)) }
            for index in 0..<DutyCity.customers { customers.append(try await token(City.customer(index), .customer)) }
            return (providers, customers)
        }
    }

    /// Longer than any run.
    private static let lifetime = 4.0 * 3600
}
