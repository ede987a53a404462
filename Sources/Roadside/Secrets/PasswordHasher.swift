import Crypto
import Foundation

/// Passwords as they are stored: `hs256:<pepper id>:$2b$…`, bcrypt over base64(HMAC-SHA256(pepper, NFKC(password))).
///
/// The HMAC lets a long password count in full and makes a stolen table useless without the pepper; its base64 has no
/// zero byte and 44 characters, well under bcrypt's 72 (trust.md §1.6). Bare `$2b$…` hashes of the system before this
/// one, and Django's ``DjangoHash``, verify too and ask to be replaced.
struct PasswordHasher: Sendable {
    enum Verdict: Sendable, Equatable {
        case wrong
        /// - outdated: made with another cost or pepper than the current ones, or with none.
        case right(outdated: Bool)
    }

    private static let scheme = "hs256"
    /// Far above the 128 code points of a password, and far below what would be work to normalise.
    private static let longestInput = 4096

    let peppers: Secrets.KeyRing
    let cost: Int
    let threads: PasswordThreads
    let random: @Sendable (Int) -> [UInt8]

    /// - Parameter yielding: for somebody new, whom nothing keeps from coming again at once under another name: half of
    ///   the queue stays with those who have an account.
    func hash(_ password: String, yielding: Bool = false) async throws(RoadsideError) -> String {
        let phrase = Self.peppered(password, with: peppers.current)
        let hash = try await threads.run(yielding: yielding) { [cost, random] in
            Bcrypt.setting(cost: cost, salt: random(16)).flatMap { Bcrypt.digest(phrase, setting: $0) }
        }
        guard let hash else {
            throw RoadsideError.broken("bcrypt failed")
        }
        return "\(Self.scheme):\(peppers.current.id):\(hash)"
    }

    /// - Parameter stored: nothing for an unknown account, which then takes as long as a known one.
    func verify(_ password: String, against stored: String?) async throws(RoadsideError) -> Verdict {
        guard password.utf8.count <= Self.longestInput else { return .wrong }
        if let old = stored.flatMap(DjangoHash.init) {
            let phrase = Array(password.utf8)
            return try await threads.run { old.matches(phrase) ? .right(outdated: true) : .wrong }
        }
        let (phrase, hash, known) = prepared(password, stored: stored)
        let cost = cost
        let current = "\(Self.scheme):\(peppers.current.id):"
        return try await threads.run {
            let matches = Bcrypt.verify(phrase, against: hash)
            guard matches, known, let stored else { return .wrong }
            return .right(outdated: !stored.hasPrefix(current) || Bcrypt.cost(of: hash) != cost)
        }
    }

    /// Whether a password can be compared with this: the form, its cost and its pepper are known.
    func canVerify(_ stored: String) -> Bool {
        if DjangoHash(stored) != nil { return true }
        let (_, hash, isKnown) = prepared("", stored: stored)
        return isKnown && hash.utf8.count == Bcrypt.hashLength
    }

    /// What is to be hashed and compared with what.
    private func prepared(_ password: String, stored: String?) -> (phrase: [UInt8], hash: String, known: Bool) {
        if let stored, stored.hasPrefix("$2"), Bcrypt.cost(of: stored) != nil {
            return (Array(password.utf8), stored, true)
        }
        let parts = (stored ?? "").split(separator: ":", maxSplits: 2)
        if parts.count == 3, parts[0] == Self.scheme, let pepper = peppers[parts[1]],
            Bcrypt.cost(of: String(parts[2])) != nil
        {
            return (Self.peppered(password, with: pepper), String(parts[2]), true)
        }
        return (Self.peppered(password, with: peppers.current), decoy, false)
    }

    /// Not the hash of anything, but as much work as one.
    private var decoy: String {
        let digits = String(min(max(cost, Bcrypt.costs.lowerBound), Bcrypt.costs.upperBound))
        let padded = digits.utf8.count < 2 ? "0" + digits : digits
        return "$2b$\(padded)$" + String(repeating: ".", count: 53)
    }

    private static func peppered(_ password: String, with pepper: Secrets.Key) -> [UInt8] {
        let normalised = password.precomposedStringWithCompatibilityMapping
        let mac = HMAC<SHA256>.authenticationCode(
            for: Data(normalised.utf8), using: SymmetricKey(data: pepper.bytes))
        return Array(Data(mac).base64EncodedString().utf8)
    }
}
