import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// D24: a stored file, and where its bytes are.
struct UploadView {
    let json: JSON

    init(_ upload: Upload) {
        json = [
            "_id": .string(upload.id.hex), "id": .string(upload.id.hex), "url": .string(Self.url(upload.id)),
            "purpose": .string(FixOnCallWords.purpose(upload.purpose)), "content_type": .string(upload.kind.mediaType),
            "size": .int(Int64(upload.length)), "width": JSON(upload.size?.width), "height": JSON(upload.size?.height),
            "service_id": JSON(upload.jobID), "created_at": .time(upload.createdAt),
        ]
    }

    /// Where the bytes of a file are.
    static func url(_ id: ObjectID) -> String { "\(UploadRoutes.folder)/\(id.hex)" }

    /// The same, or null.
    static func link(_ id: ObjectID?) -> JSON { id.map { .string(url($0)) } ?? .null }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e00123456a0", "id": "65a50b2c9f1d4e00123456a0",
        "url": "/static/uploads/65a50b2c9f1d4e00123456a0", "purpose": "job_photo", "content_type": "image/jpeg",
        "size": 482_113, "width": 3024, "height": 4032, "service_id": "65a50b2c9f1d4e0012345680",
        "created_at": "2024-01-15T10:30:00Z",
    ]

    static let documentExample = example.adding("purpose", "document").adding("content_type", "application/pdf")
        .adding("width", nil).adding("height", nil).adding("service_id", nil)
}

/// A photo of a service, as its parties and staff see it.
enum ServicePhotoView {
    static func json(_ photo: JobPhoto) -> JSON {
        [
            "id": .string(photo.id.hex), "url": .string(UploadView.url(photo.id)),
            "user_id": .string(photo.ownerID.hex), "created_at": .time(photo.addedAt),
        ]
    }

    static let example: JSON = [
        "id": "65a50b2c9f1d4e00123456a0", "url": "/static/uploads/65a50b2c9f1d4e00123456a0",
        "user_id": "65a50b2c9f1d4e0012345678", "created_at": "2024-01-15T10:30:00Z",
    ]
}
