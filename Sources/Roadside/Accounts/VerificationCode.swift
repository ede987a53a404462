import BSON
import Foundation
import Mongo
import RoadsideRules

/// A fresh code that proves an address, and the write that makes it the only valid one for that address.
struct VerificationCode: Sendable {
    static let purpose = "verify"
    /// Sendings are remembered that long, and that many of them.
    private static let memory: TimeInterval = 24 * 3600
    private static let remembered = 20

    let address: ContactAddress
    let code: String
    let expiresAt: Date
    /// Applied with upsert to the document whose `_id` is `address.key`.
    let update: Update

    init(
        for address: ContactAddress, of user: ObjectID, dependencies: Dependencies, at now: Date
    ) throws(RoadsideError) {
        let rules = dependencies.settings.verificationCode
        guard let code = rules.code(from: dependencies.random(64)), let expiresAt = rules.expiry(from: now) else {
            throw RoadsideError.broken("no code could be made")
        }
        self.address = address
        self.code = code
        self.expiresAt = expiresAt
        update = [
            "$set": [
                "user_id": .id(user), "kind": .string(address.kind.rawValue), "address": .string(address.text),
                "hash": .string(dependencies.codes.hash(code, purpose: Self.purpose, subject: address.key)),
                "tries": .int32(0), "used": false, "expires_at": .date(expiresAt),
                "purge_at": .date(now.addingTimeInterval(Self.memory)),
            ],
            "$push": ["sends": ["$each": [.date(now)], "$slice": .int32(Int32(-Self.remembered))]],
        ]
    }

    /// Whether one more may be sent after those at `sends` (trust.md §1.6).
    static func maySend(after sends: [Date], settings: RoadsideSettings, at now: Date) -> Bool {
        func count(within seconds: TimeInterval) -> Int { sends.count { now.timeIntervalSince($0) < seconds } }
        return count(within: 15 * 60) < settings.verificationSendsPerQuarter
            && count(within: memory) < settings.verificationSendsPerDay
    }
}
