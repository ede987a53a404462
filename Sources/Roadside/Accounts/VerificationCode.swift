import BSON
import Foundation
import Mongo
import RoadsideRules

/// A fresh code for an address, and the write that makes it the only valid one of its purpose there.
struct VerificationCode: Sendable {
    /// Sendings are remembered that long, and that many of them.
    private static let memory: TimeInterval = 24 * 3600
    private static let remembered = 20
    /// Tries are counted beyond the life of one code for so long.
    private static let triesWindow: TimeInterval = 3600

    let address: ContactAddress
    let purpose: CodePurpose
    let code: String
    let expiresAt: Date
    /// Applied with upsert to the document whose `_id` is ``key``.
    let update: Update
    /// Applied instead where the code does not go out: the sending counts, and a code that went out before stays valid.
    let withheld: Update

    /// - Parameter user: whom it serves; somebody who does not exist where nobody is told the code.
    init(
        _ purpose: CodePurpose, for address: ContactAddress, of user: ObjectID, dependencies: Dependencies, at now: Date
    ) throws(RoadsideError) {
        let rules = dependencies.settings.verificationCode
        guard let code = rules.code(from: dependencies.random(64)), let expiresAt = rules.expiry(from: now) else {
            throw RoadsideError.broken("no code could be made")
        }
        self.address = address
        self.purpose = purpose
        self.code = code
        self.expiresAt = expiresAt
        let key = address.key(purpose)
        let whose: Document = [
            "user_id": .id(user), "kind": .string(address.kind.rawValue), "address": .string(address.text),
            "purpose": .string(purpose.rawValue),
        ]
        let fresh: Document = [
            "hash": .string(dependencies.codes.hash(code, purpose: purpose.rawValue, subject: key)),
            "tries": .int32(0), "used": false, "expires_at": .date(expiresAt),
        ]
        let kept: Document = ["purge_at": .date(now.addingTimeInterval(Self.memory))]
        let sent: BSONValue = ["sends": ["$each": [.date(now)], "$slice": .int32(Int32(-Self.remembered))]]
        update = ["$set": .document(whose.and(fresh).and(kept)), "$push": sent]
        withheld = [
            "$set": .document(kept), "$push": sent, "$setOnInsert": .document(whose.and(["used": true])),
        ]
    }

    /// The `_id` of its document.
    var key: String { address.key(purpose) }

    var letter: Letter { Letter(to: address, .code(code, purpose, expiresAt: expiresAt)) }

    /// Whether one more may be sent after those at `sends` (trust.md §1.6).
    static func maySend(after sends: [Date], settings: RoadsideSettings, at now: Date) -> Bool {
        func count(within seconds: TimeInterval) -> Int { sends.count { now.timeIntervalSince($0) < seconds } }
        return count(within: 15 * 60) < settings.verificationSendsPerQuarter
            && count(within: memory) < settings.verificationSendsPerDay
    }

    /// The document of that key while its code may still be tried: neither this code nor all codes of the last hour
    /// together have been tried too often (T9), so that asking for a new code gives no fresh set of guesses.
    static func open(_ key: String, settings: RoadsideSettings, at now: Date) -> Document {
        let perHour = max(1, settings.verificationTriesPerHour)
        return [
            "_id": .string(key), "used": false,
            "tries": ["$lt": .int32(Int32(settings.verificationCode.maxTries))], "expires_at": ["$gt": .date(now)],
            "guesses.\(perHour - 1)": ["$not": ["$gt": .date(now.addingTimeInterval(-triesWindow))]],
        ]
    }

    /// Counts one try.
    static func tried(settings: RoadsideSettings, at now: Date) -> Update {
        let perHour = Int32(max(1, settings.verificationTriesPerHour))
        return [
            "$inc": ["tries": .int32(1)],
            // The newest first, so that the place of a guess says how many came after it.
            "$push": ["guesses": ["$each": [.date(now)], "$position": .int32(0), "$slice": .int32(perHour)]],
        ]
    }
}
