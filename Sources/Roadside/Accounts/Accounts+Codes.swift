import BSON
import Foundation
import Mongo
import RoadsideRules

// Codes of every purpose. Whoever asks for one, for whatever address, waits as long and hears the same (T12).
extension Accounts {
    /// Makes a code and sends it, or makes it as if and sends nothing when there is nobody to send it to. Three in a quarter
    /// of an hour, ten a day; further ones are not sent, and nobody is told. Nor is he when a budget is spent.
    ///
    /// - Parameters:
    ///   - user: whom it serves; nil where the answer must not tell that there is nobody.
    ///   - visitor: who asks.
    /// - Throws: `RATE_LIMITED` when too many were asked for from there, for whatever addresses.
    func sendCode(
        _ purpose: CodePurpose, to address: ContactAddress, of user: ObjectID?, from visitor: Visitor
    ) async throws(RoadsideError) {
        let now = now
        try await codeBudgets.asked(from: visitor, at: now)
        let key = address.key(purpose)
        let previous = try await store.database { () async throws(MongoError) in
            try await store.verificationCodes.findOne(["_id": .string(key)], projection: ["sends": 1])
        }
        let sends = previous?.get("sends", as: [Date].self) ?? []
        guard VerificationCode.maySend(after: sends, settings: settings, at: now) else { return }
        let isCovered = try await codeBudgets.take(to: address, of: user, at: now)

        let code = try VerificationCode(
            purpose, for: address, of: user ?? ObjectID(), dependencies: dependencies, at: now)
        // Of requests at the same moment one sends: the others no longer find the list they counted.
        let unchanged: Document = ["_id": .string(key), "sends": previous?["sends"] ?? ["$exists": false]]
        // Else the time, and a quarter of an hour later the count, would tell a spent budget from an address of nobody.
        let update = isCovered ? code.update : code.withheld
        do {
            let written = try await store.verificationCodes.updateOne(unchanged, update, upsert: previous == nil)
            guard written.matched == 1 || written.upserted else { return }
        } catch  where error.code == .duplicateKey {
            return
        } catch {
            throw RoadsideError(error)
        }
        if isCovered, user != nil { await delivery.deliver(code.letter) }
    }

    /// Looks at a code that somebody shows. The try is counted before the code is looked at, so that parallel guesses
    /// cannot share one.
    ///
    /// - Parameters:
    ///   - text: the address it was sent to, as typed.
    ///   - user: whose it must be, where that is known: nobody else spends his tries.
    ///   - visitor: who shows it; wrong ones count against where he is.
    /// - Throws: `CODE_INVALID`, whatever the reason; `RATE_LIMITED` after too many wrong ones from there.
    func show(
        _ code: String, _ purpose: CodePurpose, at text: String, of user: ObjectID? = nil, from visitor: Visitor
    ) async throws(RoadsideError) -> (ContactAddress, ShownCode) {
        let now = now
        let toll = try guesses.take(from: visitor, at: now)
        guard let address = ContactAddress(text, region: settings.phoneRegion) else { throw .wrongCode }
        let shown: ShownCode?
        do {
            shown = try await look(at: code, purpose, of: address, user, at: now)
        } catch {
            guesses.giveBack(toll)
            throw error
        }
        guard let shown else {
            guesses.wasWrong(at: now)
            throw .wrongCode
        }
        guesses.giveBack(toll)
        return (address, shown)
    }

    private func look(
        at code: String, _ purpose: CodePurpose, of address: ContactAddress, _ user: ObjectID?, at now: Date
    ) async throws(RoadsideError) -> ShownCode? {
        let key = address.key(purpose)
        var open = VerificationCode.open(key, settings: settings, at: now)
        open.append("user_id", ifPresent: user)
        let his = open
        let document = try await store.database { () async throws(MongoError) in
            try await store.verificationCodes.findOneAndUpdate(
                his, VerificationCode.tried(settings: settings, at: now))
        }
        guard let document, let user: ObjectID = document.get("user_id"), let hash: String = document.get("hash"),
            dependencies.codes.matches(code, hash, purpose: purpose.rawValue, subject: key)
        else {
            let isLast = document?.get("tries", as: Int.self).map { $0 >= settings.verificationCode.maxTries }
            dependencies.security.note(isLast == true ? .otpLock : .codeFail, of: document?.get("user_id"))
            return nil
        }
        return ShownCode(key: key, user: user, hash: hash)
    }

    /// Sends codes that are written.
    func deliver(_ codes: [VerificationCode]) async {
        for code in codes { await delivery.deliver(code.letter) }
    }

    /// Tells somebody what has happened to his account, where he reads it best.
    ///
    /// - Parameter user: his document, or what it was.
    func notify(_ notice: Letter.Notice, _ user: Document) async {
        guard let address = ContactAddress.all(of: user).first else { return }
        await delivery.deliver(Letter(to: address, .notice(notice)))
    }
}
