public import BSON
public import FoundationEssentials
import Mongo
public import RoadsideRules

/// A stored file: a row of `uploads.files`. Its bytes never change.
public struct Upload: Sendable, Hashable {
    public let id: ObjectID
    public let ownerID: ObjectID
    public let purpose: UploadPurpose
    public let kind: MediaKind
    /// Bytes as they are served.
    public let length: Int
    /// nil for what has no pixels.
    public let size: PixelSize?
    /// The job it shows, of a job's photo.
    public let jobID: ObjectID?
    public let createdAt: Date
    /// Served bytes in every stored piece but the last.
    public let pieceLength: Int
}

extension Upload {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id"),
            let metadata = document.get("metadata", as: Document.self),
            let owner: ObjectID = metadata.get("owner_id"),
            let purpose = metadata.get("purpose").flatMap(UploadPurpose.init(rawValue:)),
            let kind = metadata.get("kind").flatMap(MediaKind.init(rawValue:)),
            let length: Int = metadata.get("bytes"), length >= 0,
            let piece: Int = metadata.get("piece"), piece > 0, let createdAt: Date = document.get("uploadDate")
        else { return nil }
        self.id = id
        ownerID = owner
        self.purpose = purpose
        self.kind = kind
        self.length = length
        pieceLength = piece
        if let width: Int = metadata.get("width"), let height: Int = metadata.get("height") {
            size = PixelSize(width: width, height: height)
        } else {
            size = nil
        }
        jobID = metadata.get("job_id")
        self.createdAt = createdAt
    }

    /// - Parameters:
    ///   - stored: bytes of its chunks.
    ///   - deadline: when it is deleted unless something refers to it by then.
    func row(stored: Int, unusedUntil deadline: Date?) -> Document {
        var metadata: Document = [
            "owner_id": .id(ownerID), "purpose": .string(purpose.rawValue), "kind": .string(kind.rawValue),
            "bytes": .int64(Int64(length)), "piece": .int64(Int64(pieceLength)),
        ]
        metadata.append("width", ifPresent: size?.width)
        metadata.append("height", ifPresent: size?.height)
        metadata.append("job_id", ifPresent: jobID)
        metadata.append("unused_until", ifPresent: deadline)
        // The name that a client gave is worth nothing, and might be worth something to an attacker.
        return GridFSBucket.row(
            id, length: stored, name: "\(id.hex).\(kind.rawValue)", uploadedAt: .date(createdAt), metadata: metadata)
    }
}
