import Crypto
import Foundation

/// Keyed hashes of six-digit codes. A million guesses are nothing: without the pepper a stolen hash must say nothing.
public struct CodeHash: Sendable {
    private let keys: Secrets.KeyRing

    public init(_ peppers: Secrets.KeyRing) { keys = peppers }

    /// - Parameters:
    ///   - purpose: what the code is for, such as `verify` or `start`; a code of one purpose never passes for another.
    ///   - subject: whom or what it concerns, such as an address or a job's id.
    /// - Returns: `<pepper id>.<base64 of HMAC-SHA256>`.
    public func hash(_ code: String, purpose: String, subject: String) -> String {
        let mac = CodeHash.mac(code, purpose: purpose, subject: subject, key: keys.current)
        return "\(keys.current.id).\(Data(mac).base64EncodedString())"
    }

    /// Compares in constant time.
    public func matches(_ code: String, _ hash: String, purpose: String, subject: String) -> Bool {
        guard let dot = hash.firstIndex(of: "."), let key = keys[hash[..<dot]],
            let stored = Data(base64Encoded: String(hash[hash.index(after: dot)...]))
        else { return false }
        return constantTimeEqual(stored, CodeHash.mac(code, purpose: purpose, subject: subject, key: key))
    }

    private static func mac(_ code: String, purpose: String, subject: String, key: Secrets.Key) -> [UInt8] {
        // A key of its own, so that no code can ever be the input of a password's HMAC under the same pepper.
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key.bytes), info: Data("fixoncall.codes".utf8), outputByteCount: 32)
        let message = [purpose, subject, code].joined(separator: "\u{0}")
        return Array(HMAC<SHA256>.authenticationCode(for: Data(message.utf8), using: derived))
    }
}

/// Looks at every byte whatever it finds, so that the time taken says nothing about where two values differ.
func constantTimeEqual(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    var difference: UInt8 = 0
    for (a, b) in zip(one, other) { difference |= a ^ b }
    return difference == 0
}
