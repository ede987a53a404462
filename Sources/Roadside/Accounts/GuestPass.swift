import Crypto
import Foundation

/// What a guest is known by: his own name for what he wants, and where he comes from (README decision 13). Whoever
/// comes back with both, and soon, is the same guest; to anybody else he does not exist.
public struct GuestPass: Sendable {
    let errand: String
    let address: String

    /// - Parameters:
    ///   - errand: the client's own name for it.
    ///   - address: the client's.
    public init(_ errand: String, from address: String) {
        self.errand = errand
        self.address = address
    }

    /// While he is connected, his pass is renewed so often. Ours.
    public static let renewal = Duration.seconds(30)
    /// He may come back for so long: two minutes after his connection has ended, by the last renewal at the latest.
    static let lifetime: TimeInterval = 120 + 30
    /// A guest cannot go on with a session; it lasts longer than any ride does. Ours.
    static let sessionLifetime: TimeInterval = 12 * 3600

    /// The key of his session. It follows from what he says and a secret, so that nobody can reckon it who has only the
    /// database, and looking him up is one read.
    func token(_ peppers: Secrets.KeyRing) -> OpaqueToken {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: peppers.current.bytes), info: Data("fixoncall.guests".utf8),
            outputByteCount: 32)
        let said = Data("\(address)\u{0}\(errand)".utf8)
        return OpaqueToken(bytes: Array(HMAC<SHA256>.authenticationCode(for: said, using: key)))
    }
}
