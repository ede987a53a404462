import BSON
import Foundation
import Mongo
import RoadsideRules

/// For contexts whose documents refer to files.
extension MongoTransaction {
    /// Takes one of somebody's own files into use, once: from now on it stays.
    ///
    /// - Throws: `VALIDATION_ERROR` on that field for a file that is not there, not his, for something else, or in use.
    func useUpload(
        _ id: ObjectID, of owner: ObjectID, for purpose: UploadPurpose, field: String, at now: Date
    ) throws {
        let mine: Document = [
            "_id": .id(id), "metadata.owner_id": .id(owner), "metadata.purpose": .string(purpose.rawValue),
            "metadata.unused_until": ["$gt": .date(now)],
        ]
        let found = try uploadFiles.updateOne(mine, ["$unset": ["metadata.unused_until": ""]]).matched
        guard found == 1 else {
            throw RoadsideError.validation([
                FieldIssue(name: field, message: "is no file of yours for this purpose that is not in use yet")
            ])
        }
    }

    /// A file that nothing refers to any more: the sweeper takes it.
    func releaseUpload(_ id: ObjectID, at now: Date) throws {
        try uploadFiles.updateOne(["_id": .id(id)], ["$set": ["metadata.unused_until": .date(now)]])
    }
}
