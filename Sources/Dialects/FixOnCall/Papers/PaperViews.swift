import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// A mechanic's document, as he himself and admins see it.
enum PaperView {
    static func json(_ paper: Paper) -> JSON {
        [
            "_id": .string(paper.id.hex), "id": .string(paper.id.hex),
            "kind": .string(FixOnCallWords.document(paper.kind)), "document_number": .string(paper.number),
            "expires_on": JSON(paper.expiresOn), "status": .string(FixOnCallWords.document(paper.state)),
            "reason": JSON(paper.reason), "upload_id": .string(paper.uploadID.hex),
            "url": .string(UploadView.url(paper.uploadID)), "created_at": .time(paper.createdAt),
            "decided_at": .time(paper.decidedAt),
        ]
    }

    /// For admins: with whose it is, and who has decided.
    static func json(_ submitted: SubmittedPaper) -> JSON {
        let mechanic = submitted.provider
        return json(submitted.paper)
            .adding("reviewer_id", JSON(submitted.paper.reviewerID))
            .adding(
                "mechanic",
                .object(PublicID(mechanic.id, number: mechanic.number).members).adding("name", .string(mechanic.name)))
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e00123456a1", "id": "65a50b2c9f1d4e00123456a1", "kind": "driving_licence",
        "document_number": "DL-0012678", "expires_on": "2027-03-31", "status": "pending", "reason": nil,
        "upload_id": "65a50b2c9f1d4e00123456a0", "url": "/static/uploads/65a50b2c9f1d4e00123456a0",
        "created_at": "2024-01-15T10:30:00Z", "decided_at": nil,
    ]

    static let mechanicExample: JSON = [
        "_id": "65a50b2c9f1d4e0012345679", "id": "65a50b2c9f1d4e0012345679", "number": 2, "name": "James Mechanic",
    ]

    static let waitingExample = example.adding("reviewer_id", nil).adding("mechanic", mechanicExample)

    static let approvedExample = waitingExample.adding("status", "approved")
        .adding("decided_at", "2024-01-15T11:30:00Z").adding("reviewer_id", "65a50b2c9f1d4e0012345670")

    static let rejectedExample = approvedExample.adding("status", "rejected").adding("reason", "The scan is blurred.")
        .adding("expires_on", nil).adding("kind", "id_card")
}

/// Where an admin finds the file of somebody else's document, and until when.
enum PaperLinkView {
    static func json(_ link: PaperLink) -> JSON {
        ["url": .string("\(UploadView.url(link.uploadID))?link=\(link.text)"), "expires_at": .time(link.expiresAt)]
    }

    static let example: JSON = [
        "url": "/static/uploads/65a50b2c9f1d4e00123456a0?link=0131c0ffee", "expires_at": "2024-01-15T10:31:00Z",
    ]
}
