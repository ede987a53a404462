import Crypto
import CryptoExtras
import Foundation

/// `pbkdf2_sha256$iterations$salt$hash`: how Django keeps passwords. Read, never made.
struct DjangoHash: Sendable, Hashable {
    private static let algorithm = "pbkdf2_sha256"
    /// Django 6.0 makes 1 200 000; what is planted with more would occupy a thread for long.
    static let iterationLimits = 1...2_000_000
    private static let longestSalt = 128
    private static let hashLength = 32

    let iterations: Int
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// nil for anything else, and for more work than we are willing to do.
    init?(_ stored: String) {
        let parts = stored.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == Self.algorithm, let iterations = Int(parts[1]),
            Self.iterationLimits.contains(iterations), (1...Self.longestSalt).contains(parts[2].utf8.count),
            let hash = Data(base64Encoded: String(parts[3])), hash.count == Self.hashLength
        else { return nil }
        self.iterations = iterations
        salt = Array(parts[2].utf8)
        self.hash = Array(hash)
    }

    /// Slow on purpose: for a thread of passwords.
    func matches(_ password: [UInt8]) -> Bool {
        let derived = try? KDF.Insecure.PBKDF2.deriveKey(
            from: password, salt: salt, using: .sha256, outputByteCount: Self.hashLength,
            unsafeUncheckedRounds: iterations)
        guard let derived else { return false }
        return constantTimeEqual(derived.withUnsafeBytes(Array.init), hash)
    }
}
