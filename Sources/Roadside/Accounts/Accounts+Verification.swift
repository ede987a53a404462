import BSON
import Foundation
import Mongo
import RoadsideRules

extension Accounts {
    /// Proves an address by the code that was sent to it: right within its ten minutes and five tries, once.
    ///
    /// - Throws: `CODE_INVALID`, whatever the reason.
    @discardableResult
    public func verify(address: String, code: String) async throws(RoadsideError) -> Account {
        let refusal = RoadsideError(.codeInvalid, "The code is wrong or no longer valid.")
        guard let address = ContactAddress(address, region: settings.phoneRegion) else { throw refusal }
        let now = now
        let tries = settings.verificationCode.maxTries
        let proven = try await store.transaction { transaction -> ObjectID? in
            // Counted before it is looked at, so that parallel guesses cannot share a try.
            let document = try transaction.verificationCodes.findOneAndUpdate(
                [
                    "_id": .string(address.key), "used": false, "tries": ["$lt": .int32(Int32(tries))],
                    "expires_at": ["$gt": .date(now)],
                ],
                ["$inc": ["tries": .int32(1)]])
            guard let document, let user: ObjectID = document.get("user_id"), let hash: String = document.get("hash"),
                dependencies.codes.matches(code, hash, purpose: VerificationCode.purpose, subject: address.key)
            else { return nil }
            try transaction.verificationCodes.updateOne(
                ["_id": .string(address.key)], ["$set": ["used": true], "$unset": ["hash": ""]])
            var owner = address.filter
            owner.append("_id", .id(user))
            let marked = try transaction.users.updateOne(
                owner,
                ["$set": ["is_verified.\(address.kind.rawValue)": true, "updated_at": .date(now)]])
            return marked.matched == 1 ? user : nil
        }
        guard let proven else { throw refusal }
        return try await account(proven)
    }

    /// Sends a new code, which replaces the old one. Says nothing of whether there is such an account, whether it is
    /// verified already, or whether too many were sent (3 in 15 minutes, 10 a day): then nothing is sent.
    public func resendVerification(address: String) async throws(RoadsideError) {
        guard let address = ContactAddress(address, region: settings.phoneRegion) else { return }
        let now = now
        let (user, previous) = try await store.database { () async throws(MongoError) in
            (
                try await store.users.findOne(address.filter, projection: ["is_verified": 1]),
                try await store.verificationCodes.findOne(["_id": .string(address.key)], projection: ["sends": 1])
            )
        }
        guard let user, let id: ObjectID = user.get("_id"),
            user.value(at: ["is_verified", address.kind.rawValue]) != .bool(true)
        else { return }
        let sends = previous?.get("sends", as: [Date].self) ?? []
        guard VerificationCode.maySend(after: sends, settings: settings, at: now) else { return }

        let code = try VerificationCode(for: address, of: id, dependencies: dependencies, at: now)
        // Of requests at the same moment one sends: the others no longer find the list they counted.
        let unchanged: Document = ["_id": .string(address.key), "sends": previous?["sends"] ?? ["$exists": false]]
        do {
            let written = try await store.verificationCodes.updateOne(unchanged, code.update, upsert: previous == nil)
            guard written.matched == 1 || written.upserted else { return }
        } catch  where error.code == .duplicateKey {
            return
        } catch {
            throw RoadsideError(error)
        }
        await deliver([code])
    }

    func deliver(_ codes: [VerificationCode]) async {
        for code in codes {
            await delivery.deliver(
                code: code.code, kind: code.address.kind.rawValue, to: code.address.text, expiresAt: code.expiresAt)
        }
    }
}
