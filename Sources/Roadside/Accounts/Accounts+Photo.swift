public import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// What becomes of the photo of a profile.
public enum PhotoChange: Sendable, Hashable {
    /// An uploaded photo of one's own that is in no use yet.
    case use(ObjectID)
    case remove
}

extension Accounts {
    /// Takes a photo into use, and lets the one before go.
    ///
    /// - Throws: `VALIDATION_ERROR` for a file that is no photo of his; using the one that is there again is no change.
    static func change(
        photo change: PhotoChange, of account: ObjectID, at now: Date, in transaction: MongoTransaction
    ) throws {
        let user = try transaction.users.findOne(["_id": .id(account)], projection: ["photo_id": 1])
        let before: ObjectID? = user?.get("photo_id")
        let this: Document = ["_id": .id(account)]
        switch change {
        case .use(let id):
            guard id != before else { return }
            try transaction.useUpload(id, of: account, for: .profilePhoto, field: "photo_upload_id", at: now)
            try transaction.users.updateOne(this, ["$set": ["photo_id": .id(id)]])
            try transaction.mechanics.updateOne(this, ProviderProfile.update(setting: ["photo_id": .id(id)], at: now))
        case .remove:
            guard before != nil else { return }
            try transaction.users.updateOne(this, ["$unset": ["photo_id": ""]])
            try transaction.mechanics.updateOne(
                this, ProviderProfile.update(setting: [:], unsetting: ["photo_id"], at: now))
        }
        if let before { try transaction.releaseUpload(before, at: now) }
    }
}
