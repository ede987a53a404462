import Crypto
import Foundation

/// Pieces of files.
extension Sealer {
    /// By how many bytes sealing with the current key makes them more.
    public var overhead: Int { 1 + currentID.count + Self.nonce + Self.tag }

    /// - Parameter place: what the bytes belong to, such as `upload:<file>:<number>`; must be given again to open them.
    /// - Returns: length and name of the key, nonce, ciphertext and tag.
    public func seal(_ bytes: some Collection<UInt8>, for place: String) throws(RoadsideError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(Data(bytes), using: currentKey, authenticating: Data(place.utf8))
            guard let combined = box.combined else { throw CryptoKitError.incorrectParameterSize }
            return [UInt8(currentID.count)] + currentID + combined
        } catch {
            throw RoadsideError.broken("sealing: \(error)")
        }
    }

    /// The bytes, or nothing when they were sealed for another place, with an unknown key, or were tampered with.
    public func open(_ sealed: [UInt8], for place: String) -> [UInt8]? {
        guard let count = sealed.first.map(Int.init), count > 0, sealed.count > count,
            let key = key(named: String(decoding: sealed[1...count], as: UTF8.self)),
            let box = try? AES.GCM.SealedBox(combined: sealed[(count + 1)...]),
            let bytes = try? AES.GCM.open(box, using: key, authenticating: Data(place.utf8))
        else { return nil }
        return Array(bytes)
    }

    private static let nonce = 12
    private static let tag = 16
}
