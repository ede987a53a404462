import BSON
import Mongo

/// A code that was shown and is right. It is spent in the transaction of what it allows, so that of many who show it at
/// once one gets what it is good for.
struct ShownCode: Sendable {
    let key: String
    /// Whom it was made for.
    let user: ObjectID
    let hash: String

    /// - Throws: `CODE_INVALID` when somebody else has spent or replaced it.
    func spend(in transaction: MongoTransaction) throws {
        let spent = try transaction.verificationCodes.updateOne(
            ["_id": .string(key), "used": false, "hash": .string(hash)],
            ["$set": ["used": true], "$unset": ["hash": ""]])
        guard spent.matched == 1 else { throw RoadsideError.wrongCode }
    }
}

extension RoadsideError {
    /// Whatever is wrong with it: who guesses learns nothing.
    static let wrongCode = RoadsideError(.codeInvalid, "The code is wrong or no longer valid.")
}
