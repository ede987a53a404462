public import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

// Besides the command line this is the only way to become a dispatcher, a partner or an admin (decision 12).
//
// An invitation makes a new account and never lifts one that exists: jobs, bookings and sessions hang on the role that an
// account was made with, and whoever had stolen a customer's mail could make himself an admin. Whoever has an account takes
// another address, or erases the old one first.
extension Accounts {
    /// Invites somebody by mail. An earlier invitation of the same address is taken back: its mail may be lost.
    ///
    /// - Throws: `FORBIDDEN` for anybody but an admin; `VALIDATION_ERROR` for a role that registers itself, and for what is
    ///   no address; `EMAIL_TAKEN` for the address of an account; `CONFLICT` when somebody else invites it just now.
    public func invite(
        _ email: String, as role: Role, by caller: Caller
    ) async throws(RoadsideError) -> Invitation {
        try caller.require(.admin, toDo: "invite people")
        var check = ProfileCheck(region: settings.phoneRegion)
        let address = check.email(email)
        if !InvitationRules.roles.contains(role) { check.report("role", "Nobody is invited to this role.") }
        try check.finish()

        let (now, token) = (now, OpaqueToken(bytes: dependencies.random(OpaqueToken.byteCount)))
        let invitation = Invitation(
            id: ObjectID(), email: address, role: role, state: .pending, invitedBy: caller.userID, createdAt: now,
            expiresAt: now.addingTimeInterval(InvitationRules.lifetime), endedAt: nil, userID: nil)
        try await store.transaction { transaction in
            let contact = ContactAddress(email: address)
            guard try transaction.users.findOne(contact.filter, projection: ["_id": 1]) == nil else {
                throw RoadsideError.taken(.email)
            }
            let earlier: Document = ["email": .string(address), "state": "pending"]
            if let before = Invitation(try transaction.invitations.findOne(earlier), at: now) {
                try Self.end(before, by: caller, at: now, in: transaction)
            }
            try transaction.invitations.insert(invitation.document(token))
            try transaction.audit(
                AuditEvent(
                    action: .invitationCreated, subject: AuditSubject(.invitation, invitation.id),
                    after: invitation.audited),
                by: AuditAuthor(caller), at: now)
        }
        await delivery.deliver(
            Letter(
                to: ContactAddress(email: address), .invitation(token.text, role, expiresAt: invitation.expiresAt)))
        return invitation
    }

    /// Invitations, newest first.
    ///
    /// - Parameter state: those in it only; nil for all.
    /// - Throws: `FORBIDDEN` for anybody but an admin; `VALIDATION_ERROR` for a cursor that is none of ours.
    public func invitations(
        in state: InvitationState?, _ request: PageRequest, for caller: Caller
    ) async throws(RoadsideError) -> Page<Invitation> {
        try caller.require(.admin, toDo: "see invitations")
        let now = now
        let page = try await store.page(
            store.invitations, state.map { Invitation.condition($0, at: now) } ?? [:], request)
        return page.replacing(page.items.compactMap { Invitation($0, at: now) })
    }

    /// Takes an invitation back. One that was taken back already stays so.
    ///
    /// - Throws: `FORBIDDEN` for anybody but an admin; `NOT_FOUND`; `CONFLICT` for one that has been accepted.
    public func revokeInvitation(_ id: ObjectID, by caller: Caller) async throws(RoadsideError) -> Invitation {
        try caller.require(.admin, toDo: "take invitations back")
        let now = now
        return try await store.transaction { transaction in
            guard let invitation = Invitation(try transaction.invitations.findOne(["_id": .id(id)]), at: now) else {
                throw RoadsideError.notFound("Invitation")
            }
            if invitation.state == .revoked { return invitation }
            guard InvitationRules.mayRevoke(invitation.state) else {
                throw RoadsideError(.conflict, "This invitation has been accepted; switch the account off instead.")
            }
            try Self.end(invitation, by: caller, at: now, in: transaction)
            guard let ended = Invitation(try transaction.invitations.findOne(["_id": .id(id)]), at: now) else {
                throw RoadsideError.broken("an invitation cannot be read")
            }
            return ended
        }
    }

    /// Takes out what came to nothing a month ago: whoever did not come is no business of ours. Any number of servers may
    /// do it at once.
    func forgetInvitations() async throws(RoadsideError) {
        let then = now.addingTimeInterval(-Invitation.memory)
        try await store.database { () async throws(MongoError) in
            _ = try await store.invitations.deleteMany([
                "state": ["$in": ["pending", "revoked"]], "created_at": ["$lt": .date(then)],
            ])
        }
    }

    private static func end(
        _ invitation: Invitation, by caller: Caller, at now: Date, in transaction: MongoTransaction
    ) throws {
        try transaction.invitations.updateOne(
            ["_id": .id(invitation.id), "state": "pending"],
            ["$set": ["state": .string(InvitationState.revoked.rawValue), "ended_at": .date(now)]])
        try transaction.audit(
            AuditEvent(
                action: .invitationRevoked, subject: AuditSubject(.invitation, invitation.id),
                before: ["state": .string(invitation.state.rawValue)],
                after: ["state": .string(InvitationState.revoked.rawValue)]),
            by: AuditAuthor(caller), at: now)
    }
}

// Accepting.
extension Accounts {
    /// Makes the account that an invitation is for, and its first session. The address is the invitation's, and proven: the
    /// token came by mail to it. Of several who show the token at once one gets in. An invitation by somebody who is no
    /// admin any more has gone with him.
    ///
    /// - Parameters:
    ///   - origin: where the request came from.
    ///   - visitor: whose device is known from then on.
    /// - Throws: `NOT_FOUND` for a token that opens nothing (any more), whatever the reason; `VALIDATION_ERROR` with every
    ///   issue; `EMAIL_TAKEN`, `PHONE_TAKEN` when an account has come to be meanwhile; `OVERLOADED`.
    public func acceptInvitation(
        _ token: String, name: String, password: String, phone: String? = nil, from origin: RequestOrigin? = nil,
        visitor: Visitor = Visitor()
    ) async throws(RoadsideError) -> SignIn {
        guard let token = OpaqueToken(token) else { throw .noInvitation }
        let now = now
        // Looked at before the password costs anything.
        let open = Invitation.condition(.pending, at: now).and(["token_hash": .binary(subtype: 0, bytes: token.hash)])
        let found = try await store.database { () async throws(MongoError) in try await store.invitations.findOne(open)
        }
        guard let invitation = Invitation(found, at: now) else { throw .noInvitation }
        let draft = try AccountDraft(
            invited: invitation.role, email: invitation.email, name: name, phone: phone, password: password,
            settings: settings)

        let hash = try await passwords.hash(draft.password)
        let (id, number) = (ObjectID(), try await store.nextNumber(.users))
        let session = newSession(of: id, version: 0, at: now)
        let user = draft.user(id: id, number: number, passwordHash: hash, isEmailProven: true, at: now).and(
            Self.known(visitor))
        let phones = draft.addresses.filter { $0.kind == .phone }
        // Who was invited is nobody who wants to be sent messages; where he is counts for nothing.
        let codes = try await verificationCodes(for: phones, of: id, from: Visitor(), at: now)
        try await store.transaction { transaction in
            let changed = try transaction.invitations.updateOne(
                open,
                [
                    "$set": [
                        "state": .string(InvitationState.accepted.rawValue), "ended_at": .date(now), "user_id": .id(id),
                    ]
                ])
            guard changed.matched == 1 else { throw RoadsideError.noInvitation }
            // From now on the address is a person's, whose erasure finds only what leads to him.
            try transaction.invitations.updateMany(
                [
                    "state": ["$in": ["accepted", "revoked"]], "email": .string(invitation.email),
                    "_id": ["$ne": .id(invitation.id)],
                ], ["$set": ["email": ""]])
            let host = try transaction.users.findOne(
                [
                    "_id": .id(invitation.invitedBy), "roles": .string(Role.admin.rawValue),
                    "is_active": ["$ne": false],
                ], projection: ["_id": 1])
            guard host != nil else { throw RoadsideError.noInvitation }
            try transaction.users.insert(user)
            try transaction.sessions.insert(session.document)
            for code in codes {
                try transaction.verificationCodes.updateOne(["_id": .string(code.key)], code.update, upsert: true)
            }
            try transaction.audit(
                AuditEvent(
                    action: .invitationAccepted, subject: AuditSubject(.invitation, invitation.id),
                    after: ["user_id": .id(id), "role": .string(invitation.role.rawValue)]),
                by: AuditAuthor(.user(id, role: invitation.role), from: origin), at: now)
        }
        await deliver(codes)
        return try await signIn(user, session, at: now)
    }
}

extension RoadsideError {
    /// The same for a token that was used, has run out, was taken back or never was.
    fileprivate static let noInvitation = RoadsideError(.notFound, "This invitation does not work (any more).")
}
