import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// An invitation as admins see it; its token is nowhere.
struct StaffInvitationView {
    let json: JSON

    init(_ invitation: Invitation) {
        json = [
            "_id": .string(invitation.id.hex), "id": .string(invitation.id.hex), "email": .string(invitation.email),
            "role": .string(FixOnCallWords.userType(invitation.role)), "status": .string(invitation.state.rawValue),
            "invited_by": .string(invitation.invitedBy.hex), "user_id": JSON(invitation.userID),
            "created_at": .time(invitation.createdAt), "expires_at": .time(invitation.expiresAt),
            "ended_at": .time(invitation.endedAt),
        ]
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e00123456b1", "id": "65a50b2c9f1d4e00123456b1", "email": "dispatcher@example.com",
        "role": "dispatcher", "status": "pending", "invited_by": "65a50b2c9f1d4e0012345670", "user_id": nil,
        "created_at": "2024-01-15T10:30:00Z", "expires_at": "2024-01-18T10:30:00Z", "ended_at": nil,
    ]

    static let revokedExample = example.adding("status", "revoked").adding("ended_at", "2024-01-15T11:30:00Z")

    /// The account that comes of it.
    static let userExample: JSON = [
        "_id": "65a50b2c9f1d4e0012345671", "id": "65a50b2c9f1d4e0012345671", "number": 4,
        "email": "dispatcher@example.com", "name": "Daniel Dispatcher", "phone": "+254712345670",
        "user_type": "dispatcher", "is_verified": true, "is_active": true, "photo_url": nil,
        "created_at": "2024-01-15T10:30:00Z", "updated_at": "2024-01-15T10:30:00Z",
    ]

    static let signInExample = SignInView.example.adding("user", userExample)
}
