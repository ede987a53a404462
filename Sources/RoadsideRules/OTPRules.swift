public import FoundationEssentials

/// One-time codes: how they are made, how often one may guess, how long they live.
public struct OTPRules: Sendable, Hashable {
    /// 1 … 9.
    public var digits: Int
    public var maxTries: Int
    public var lockSeconds: Double
    /// `nil`: the code lives as long as the thing it belongs to.
    public var lifetimeSeconds: Double?

    public init(digits: Int = 6, maxTries: Int = 5, lockSeconds: Double = 300, lifetimeSeconds: Double? = nil) {
        self.digits = min(max(digits, 1), 9)
        self.maxTries = max(maxTries, 1)
        self.lockSeconds = lockSeconds
        self.lifetimeSeconds = lifetimeSeconds
    }

    /// The code that starts the work: six digits (E6), 5 tries, then 5 minutes of silence (domain §4.4). It lives from
    /// acceptance to the start.
    public static let start = OTPRules()

    /// The code that proves an address: 10 minutes (NIST SP 800-63B-4), locked for as long after 5 tries.
    public static let verification = OTPRules(lockSeconds: 600, lifetimeSeconds: 600)

    /// A code of `digits` decimal digits out of random bytes, each code equally likely: four bytes make a number, and
    /// numbers above the last whole multiple of 10^digits are thrown away. `nil` when the bytes run out first (for six
    /// digits four bytes fail once in 4 400 times, sixteen once in 3·10^14): ask again with fresh ones.
    public func code(from entropy: some Sequence<UInt8>) -> String? {
        var modulus: UInt64 = 1
        for _ in 0..<digits { modulus *= 10 }
        let limit = (1 << 32) / modulus * modulus
        var value: UInt64 = 0
        var count = 0
        for byte in entropy {
            value = value << 8 | UInt64(byte)
            count += 1
            guard count == 4 else { continue }
            if value < limit {
                let text = String(value % modulus)
                return String(repeating: "0", count: digits - text.count) + text
            }
            (value, count) = (0, 0)
        }
        return nil
    }

    /// When a code made now stops being one.
    public func expiry(from now: Date) -> Date? {
        lifetimeSeconds.map { now.addingTimeInterval($0) }
    }

    /// The outcome of one try. Whoever calls stores the facts that `.wrong` carries, in one compare-and-set.
    public func judge(_ facts: OTPFacts, matches: Bool, now: Date) -> OTPOutcome {
        if let until = facts.lockedUntil, until > now { return .locked(until: until) }
        guard facts.hasCode else { return .missing }
        if let expiry = facts.expiresAt, expiry <= now { return .expired }
        if matches { return .verified }

        var next = facts
        // A lock that has run out gives a fresh set of tries.
        next.tries = (facts.lockedUntil == nil ? facts.tries : 0) + 1
        next.lockedUntil = next.tries >= maxTries ? now.addingTimeInterval(lockSeconds) : nil
        return .wrong(next: next, triesLeft: max(maxTries - next.tries, 0))
    }
}

/// What is stored beside a code's hash.
public struct OTPFacts: Sendable, Hashable {
    public var hasCode: Bool
    /// Wrong tries since the code was made or the last lock ran out.
    public var tries: Int
    public var lockedUntil: Date?
    public var expiresAt: Date?

    public init(hasCode: Bool = false, tries: Int = 0, lockedUntil: Date? = nil, expiresAt: Date? = nil) {
        self.hasCode = hasCode
        self.tries = tries
        self.lockedUntil = lockedUntil
        self.expiresAt = expiresAt
    }

    public func isLocked(at now: Date) -> Bool {
        lockedUntil.map { $0 > now } ?? false
    }
}

/// What one try came to.
public enum OTPOutcome: Sendable, Hashable {
    case verified
    /// Store `next`; at `triesLeft` 0 it carries the lock.
    case wrong(next: OTPFacts, triesLeft: Int)
    case locked(until: Date)
    case expired
    /// There is no code to match.
    case missing

    /// The same, as `JobRules` wants to hear it.
    public var proof: OTPProof { self == .verified ? .verified : .wrong }
}
