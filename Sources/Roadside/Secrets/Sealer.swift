import Crypto
import Foundation

/// Seals strings and bytes with AES-GCM, bound to the place they are stored in: copied elsewhere they do not open.
public struct Sealer: Sendable {
    private let keys: Secrets.KeyRing

    public init(_ keys: Secrets.KeyRing) { self.keys = keys }

    /// - Parameter place: what the value belongs to, such as `inbox:<recipient>:<job>`; must be given again to open it.
    /// - Returns: `<key id>.<base64 of nonce, ciphertext and tag>`.
    public func seal(_ text: String, for place: String) throws(RoadsideError) -> String {
        do {
            let box = try AES.GCM.seal(
                Data(text.utf8), using: SymmetricKey(data: keys.current.bytes), authenticating: Data(place.utf8))
            // The combined form exists for the 12-byte nonce that `seal` chose.
            guard let combined = box.combined else { throw CryptoKitError.incorrectParameterSize }
            return "\(keys.current.id).\(combined.base64EncodedString())"
        } catch {
            throw RoadsideError.broken("sealing: \(error)")
        }
    }

    /// The text, or nothing when it was sealed for another place, with an unknown key, or was tampered with.
    public func open(_ sealed: String, for place: String) -> String? {
        guard let dot = sealed.firstIndex(of: "."), let key = keys[sealed[..<dot]],
            let combined = Data(base64Encoded: String(sealed[sealed.index(after: dot)...])),
            let box = try? AES.GCM.SealedBox(combined: combined),
            let text = try? AES.GCM.open(box, using: SymmetricKey(data: key.bytes), authenticating: Data(place.utf8))
        else { return nil }
        return String(bytes: text, encoding: .utf8)
    }

    var currentID: [UInt8] { Array(keys.current.id.utf8) }
    var currentKey: SymmetricKey { SymmetricKey(data: keys.current.bytes) }

    func key(named id: String) -> SymmetricKey? { keys[id].map { SymmetricKey(data: $0.bytes) } }
}
