public import BSON
public import FoundationEssentials
public import RoadsideRules

/// The right to an account of staff or of a partner under one address: a document of `invitations`, which holds the hash
/// of its token.
public struct Invitation: Sendable, Hashable {
    public let id: ObjectID
    /// Lower-cased; the account will have this address and no other. Empty once that person has left, and when a later
    /// invitation of this address was accepted.
    public let email: String
    public let role: Role
    /// As of when it was read.
    public let state: InvitationState
    public let invitedBy: ObjectID
    public let createdAt: Date
    public let expiresAt: Date
    /// When it was accepted or taken back.
    public let endedAt: Date?
    /// The account that came of it.
    public let userID: ObjectID?
}

extension Invitation {
    init?(_ document: Document?, at now: Date) {
        guard let document, let id: ObjectID = document.get("_id"),
            let role = document.get("role").flatMap(Role.init(rawValue:)),
            let stored = document.get("state").flatMap(InvitationState.init(rawValue:)),
            let invitedBy: ObjectID = document.get("invited_by"), let createdAt: Date = document.get("created_at"),
            let expiresAt: Date = document.get("expires_at")
        else { return nil }
        self.id = id
        email = document.get("email") ?? ""
        self.role = role
        state = InvitationRules.state(stored, expiresAt: expiresAt, at: now)
        self.invitedBy = invitedBy
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        endedAt = document.get("ended_at")
        userID = document.get("user_id")
    }

    /// As it is stored, before it is accepted or taken back.
    func document(_ token: OpaqueToken) -> Document {
        [
            "_id": .id(id), "email": .string(email), "role": .string(role.rawValue),
            "state": .string(InvitationState.pending.rawValue), "token_hash": .binary(subtype: 0, bytes: token.hash),
            "invited_by": .id(invitedBy), "created_at": .date(createdAt), "expires_at": .date(expiresAt),
        ]
    }

    /// Which invitations are in a state now.
    static func condition(_ state: InvitationState, at now: Date) -> Document {
        switch state {
        case .accepted, .revoked: ["state": .string(state.rawValue)]
        case .pending: ["state": "pending", "expires_at": ["$gt": .date(now)]]
        case .expired: ["state": "pending", "expires_at": ["$lte": .date(now)]]
        }
    }

    /// What the audit log says of it. The address is the invitation's, which forgets it in time; the log forgets nothing.
    var audited: Document { ["role": .string(role.rawValue), "expires_at": .date(expiresAt)] }

    /// Seconds for which one that came to nothing is kept, from when it was made: a month, more than it lives. Ours.
    static let memory = 30 * 86_400.0
}
