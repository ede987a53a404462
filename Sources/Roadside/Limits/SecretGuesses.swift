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
        /// What somebody typed, from anywhere, whether there is an account or not (T12): mail and phone of one account
        /// are counted apart, since a count they shared would tell that they belong together.
        case typed(ContactAddress)
        /// An account from a device that has signed in to it before. It has a count of its own, so that strangers'
        /// guesses keep no owner out.
        case device(ObjectID, mark: String)
        /// The owner of a token, from his session.
        case session(ObjectID)

        fileprivate var key: Key {
            switch self {
            case .typed(let address): Key("typed", "\(address.kind.rawValue):\(address.text)")
            case .device(let id, let mark): Key("device", id.hex + mark)
            case .session(let id): Key("session", id.hex)
            }
        }

        /// Whether a client address that is wrong too often keeps this from being tried: not a session, nor a device
        /// that is known by its own name, which its neighbours must not hold up.
        fileprivate func asks(_ visitor: Visitor) -> Bool {
            switch self {
            case .typed: true
            case .device: !visitor.isNamed
            case .session: false
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

    private let wave: GuessWave

    /// What a client address has paid to show a secret; it has it back unless the secret was wrong.
    struct Toll: Sendable {
        fileprivate let address: NetworkAddress
        fileprivate let own: Quota
        fileprivate let shared: Quota
    }

    /// - Parameter waveBegun: told when guesses begin to come from everywhere (T9).
    init(_ settings: LimitSettings, waveBegun: @escaping @Sendable () -> Void = {}) {
        self.settings = settings
        wave = GuessWave(settings.failuresOverall, begun: waveBegun)
    }

    /// Somebody's secret was wrong.
    func wasWrong(at now: Date) { wave.count(at: now) }

    /// Devices and sessions that an account knows are held up by nobody's guesses but their own.
    private func rules(for subject: Subject?, at now: Date) -> GuessRules {
        if case .typed = subject, wave.isOn(at: now) { return settings.passwords.strict }
        return settings.passwords
    }

    /// Somebody shows a password. It is not to be looked at before this has let it pass.
    ///
    /// - Returns: to be told what became of it.
    /// - Throws: `RATE_LIMITED`, alike for whatever reason.
    func begin(_ subject: Subject?, from visitor: Visitor, at now: Date) throws(RoadsideError) -> Guess {
        let asks = subject?.asks(visitor) ?? true
        let toll = asks ? try take(from: visitor, at: now) : nil
        let key = subject?.key
        let rules = rules(for: subject, at: now)
        if let key {
            let wait = records.update(key) { record -> Double in
                let wait = record.map { rules.wait($0, now: now) } ?? 0
                if wait <= 0 { record = rules.tried(record, now: now) }
                return wait
            }
            if wait > 0 {
                giveBack(toll)
                throw .tooManyGuesses(wait: wait)
            }
        }
        return Guess(guesses: self, key: key, visitor: visitor, asks: asks, toll: toll)
    }

    /// A client address shows another secret. It counts as wrong until ``giveBack(_:)``, so that of many at the same
    /// moment no more are looked at than are left.
    ///
    /// - Returns: what it has paid; nil for one that is not counted.
    /// - Throws: `RATE_LIMITED`.
    func take(from visitor: Visitor, at now: Date) throws(RoadsideError) -> Toll? {
        guard let address = visitor.address else { return nil }
        let (own, shared) =
            wave.isOn(at: now)
            ? (settings.failuresPerAddress.quarter, settings.failuresPerNetwork.quarter)
            : (settings.failuresPerAddress, settings.failuresPerNetwork)
        let time = now.timeIntervalSinceReferenceDate
        let wait = addresses.take(own, of: address.subscriber, at: time)
        guard wait <= 0 else { throw .tooManyGuesses(wait: wait) }
        let around = networks.take(shared, of: address.neighbourhood, at: time)
        guard around <= 0 else {
            Self.giveBack(own, to: addresses, address.subscriber)
            throw .tooManyGuesses(wait: around)
        }
        return Toll(address: address, own: own, shared: shared)
    }

    /// What was shown was right, or nobody has looked at it.
    func giveBack(_ toll: Toll?) {
        guard let toll else { return }
        Self.giveBack(toll.own, to: addresses, toll.address.subscriber)
        Self.giveBack(toll.shared, to: networks, toll.address.neighbourhood)
    }

    private static func giveBack(
        _ quota: Quota, to table: StripedTable<NetworkAddress, Bucket>, _ address: NetworkAddress
    ) {
        table.update(address) { $0?.giveBack(quota) }
    }

    /// Who has proved otherwise that an account is his, begins anew there.
    func forget(_ address: ContactAddress) { records.remove(Subject.typed(address).key) }

    /// A password that is being looked at.
    struct Guess: Sendable {
        fileprivate let guesses: SecretGuesses
        fileprivate let key: Key?
        fileprivate let visitor: Visitor
        fileprivate let asks: Bool
        fileprivate let toll: Toll?

        /// What it took stays taken; of a device or session that took nothing, its address loses one now.
        func wasWrong(at now: Date) {
            // One that is spent has nothing to lose.
            if !asks { _ = try? guesses.take(from: visitor, at: now) }
            guesses.wasWrong(at: now)
        }

        func wasRight() {
            guesses.giveBack(toll)
            if let key { guesses.records.remove(key) }
        }

        /// Nobody has looked at it.
        func wasNone() {
            guesses.giveBack(toll)
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
