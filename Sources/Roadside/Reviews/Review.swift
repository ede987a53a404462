public import BSON
public import FoundationEssentials
public import RoadsideRules

/// What one side of a job says of the other: a document of `reviews`.
public struct Review: Sendable, Hashable {
    public let id: ObjectID
    public let jobID: ObjectID
    public let author: ObjectID
    public let subject: ObjectID
    /// The author's: customer or provider.
    public let side: Role
    /// 1 … 5.
    public let stars: Int
    /// nil when there is none.
    public let comment: String?
    public let createdAt: Date
}

extension Review {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id"), let jobID: ObjectID = document.get("job_id"),
            let author: ObjectID = document.get("from"), let subject: ObjectID = document.get("to"),
            let side = document.get("side").flatMap(Role.init(rawValue:)), let stars: Int = document.get("stars"),
            let createdAt: Date = document.get("created_at")
        else { return nil }
        self.init(
            id: id, jobID: jobID, author: author, subject: subject, side: side, stars: stars,
            comment: document.get("text"), createdAt: createdAt)
    }

    var document: Document {
        var document: Document = [
            "_id": .id(id), "job_id": .id(jobID), "from": .id(author), "to": .id(subject),
            "side": .string(side.rawValue), "stars": .int32(Int32(clamping: stars)),
        ]
        document.append("text", ifPresent: comment)
        document.append(
            contentsOf: [
                "hidden": false, "created_at": .date(createdAt), "updated_at": .date(createdAt), "version": .int64(1),
            ])
        return document
    }
}
