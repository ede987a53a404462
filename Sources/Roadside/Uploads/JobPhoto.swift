public import BSON
public import FoundationEssentials
import Mongo
import RoadsideRules

/// A photo of a job: an entry of `services.photos`. The file itself is an ``Upload`` of the same id.
public struct JobPhoto: Sendable, Hashable {
    public let id: ObjectID
    /// Who added it.
    public let ownerID: ObjectID
    public let addedAt: Date

    public init(id: ObjectID, ownerID: ObjectID, addedAt: Date) {
        self.id = id
        self.ownerID = ownerID
        self.addedAt = addedAt
    }

    /// So many a job keeps. Ours.
    static let most = 20
}

extension JobPhoto {
    init?(_ document: Document) {
        guard let id: ObjectID = document.get("_id"), let owner: ObjectID = document.get("owner_id"),
            let addedAt: Date = document.get("added_at")
        else { return nil }
        self.init(id: id, ownerID: owner, addedAt: addedAt)
    }

    var document: Document { ["_id": .id(id), "owner_id": .id(ownerID), "added_at": .date(addedAt)] }
}

extension JobWriter {
    /// Adds a photo and tells the other party, in its list.
    ///
    /// - Throws: `CONFLICT` when the job has as many as it keeps, or has just moved.
    func add(
        _ photo: JobPhoto, to job: JobRecord, by actor: Actor, in transaction: MongoTransaction
    ) throws -> Outcome {
        guard job.photos.count < JobPhoto.most else {
            throw RoadsideError(.conflict, "A job has at most \(JobPhoto.most) photos.")
        }
        let photos = job.photos + [photo]
        return try amend(
            job, ["photos": .array(photos.map { .document($0.document) })], "job.photo_added", by: actor,
            to: [job.customerID, job.assignedTo].compactMap(\.self).filter { $0 != photo.ownerID }, in: transaction)
    }
}
