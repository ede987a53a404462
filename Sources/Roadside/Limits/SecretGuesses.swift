import BSON
import Crypto
import Foundation
import RoadsideRules

/// Who has been wrong about a secret lately, and for how long nobody listens to him (T13).
///
/// It is kept in memory, by each server for itself, in tables of bounded size: a flood of guesses writes nothing, and
/// several servers together allow several times as much. What costs money is counted in the database (``Budgets``).
struct SecretGuesses: Sendable {
    /// Whose password somebody is trying, by whom.
    enum Subject: Sendable {
        /// An account, from anywhere.
        case account(ObjectID)
        /// What somebody typed where there is no account: it is counted as if there were one (T12).
        case nobody(ContactAddress)
        /// An account from a device that has signed in to it before. It has a count of its own, so that strangers'
        /// guesses keep no owner out.
        case device(ObjectID, mark: String)
        /// The owner of a token, from his session.
        case session(ObjectID)

        fileprivate var key: Key {
            switch self {
            case .account(let id): Key("account", id.hex)
            case .nobody(let address): Key("nobody", address.text)
            case .device(let id, let mark): Key("device", id.hex + mark)
            case .session(let id): Key("session", id.hex)
            }
        }

        /// Whether the address from which he comes counts, too.
        fileprivate var isStranger: Bool {
            switch self {
            case .account, .nobody: true
            case .device, .session: false
            }
        }
    }

    /// Half a hash of what is counted: of one size, and nothing that anybody could read.
    struct Key: Hashable, Sendable {
        private let (high, low): (UInt64, UInt64)

        init(_ kind: String, _ text: String) {
            let digest = SHA256.hash(data: Data("\(kind)\u{0}\(text)".utf8))
            (high, low) = digest.withUnsafeBytes { bytes in
                (
                    bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                )
            }
        }
    }

    private let settings: LimitSettings
    private let records = StripedTable<Key, GuessRecord>(limit: Self.size)
    private let addresses = StripedTable<NetworkAddress, Bucket>(limit: Self.size)
    private let networks = StripedTable<NetworkAddress, Bucket>(limit: Self.size)
    /// Some megabytes at most.
    private static let size = 32_768

    init(_ settings: LimitSettings) { self.settings = settings }

    /// Somebody shows a password. It is not to be looked at before this has let it pass.
    ///
    /// - Returns: to be told what became of it.
    /// - Throws: `RATE_LIMITED`, alike for whatever reason.
    func begin(_ subject: Subject?, from visitor: Visitor, at now: Date) throws(RoadsideError) -> Guess {
        if subject?.isStranger ?? true { try check(visitor, at: now) }
        let key = subject?.key
        if let key {
            let wait = records.update(key) { record -> Double in
                let wait = record.map { settings.passwords.wait($0, now: now) } ?? 0
                if wait <= 0 { record = settings.passwords.tried(record, now: now) }
                return wait
            }
            if wait > 0 { throw .tooManyGuesses(wait: wait) }
        }
        return Guess(guesses: self, key: key, visitor: visitor)
    }

    /// Whether a client address may show another secret.
    /// - Throws: `RATE_LIMITED`.
    func check(_ visitor: Visitor, at now: Date) throws(RoadsideError) {
        guard let address = visitor.address else { return }
        let time = now.timeIntervalSinceReferenceDate
        let waits = [
            addresses.value(for: address.subscriber)?.wait(settings.failuresPerAddress, now: time),
            networks.value(for: address.neighbourhood)?.wait(settings.failuresPerNetwork, now: time),
        ]
        if let wait = waits.compactMap(\.self).max(), wait > 0 { throw .tooManyGuesses(wait: wait) }
    }

    /// Who has proved otherwise that an account is his, begins anew there.
    func forget(_ account: ObjectID) { records.remove(Subject.account(account).key) }

    /// Counts a wrong secret.
    func failed(_ visitor: Visitor, at now: Date) {
        guard let address = visitor.address else { return }
        let time = now.timeIntervalSinceReferenceDate
        addresses.update(address.subscriber) { bucket in
            bucket = Self.taking(settings.failuresPerAddress, from: bucket, at: time)
        }
        networks.update(address.neighbourhood) { bucket in
            bucket = Self.taking(settings.failuresPerNetwork, from: bucket, at: time)
        }
    }

    private static func taking(_ quota: Quota, from bucket: Bucket?, at time: Double) -> Bucket {
        var bucket = bucket ?? Bucket()
        // Of tries at the same moment more may fail than were left; that is all they get.
        _ = bucket.take(quota, now: time)
        return bucket
    }

    /// A password that is being looked at.
    struct Guess: Sendable {
        fileprivate let guesses: SecretGuesses
        fileprivate let key: Key?
        fileprivate let visitor: Visitor

        func wasWrong(at now: Date) { guesses.failed(visitor, at: now) }

        func wasRight() {
            if let key { guesses.records.remove(key) }
        }

        /// Nobody has looked at it.
        func wasNone() {
            guard let key else { return }
            guesses.records.update(key) { record in
                record?.wrong -= 1
                if record?.wrong == 0 { record = nil }
            }
        }
    }
}

extension RoadsideError {
    fileprivate static func tooManyGuesses(wait: Double) -> RoadsideError {
        RoadsideError(
            .rateLimited, "Too many wrong tries. Please wait before the next one.",
            details: [("retry_after", .int(Int64(max(1, wait.rounded(.up)))))])
    }
}
