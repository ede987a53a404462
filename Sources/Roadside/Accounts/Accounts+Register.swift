import BSON
import Crypto
import Foundation
import Logging
import Mongo
import RoadsideRules

extension Accounts {
    /// Creates an account and its first session. Mail and phone codes go out after the commit, as far as budgets allow:
    /// who got none can ask for them later.
    ///
    /// - Throws: `VALIDATION_ERROR` with every issue; `FORBIDDEN` for staff and partners (decision 12); `EMAIL_TAKEN`,
    ///   `PHONE_TAKEN`; `OVERLOADED` when too many passwords wait to be hashed.
    public func register(
        _ registration: Registration, from visitor: Visitor = Visitor()
    ) async throws(RoadsideError) -> SignIn {
        let token = try admission(of: registration)
        let now = now
        let draft = try AccountDraft(
            registration, settings: settings, reference: dependencies.reference.current, at: now)
        let id = ObjectID()
        let session = newSession(of: id, version: 0, at: now)
        let user = try await create(
            draft, as: id, at: now, session: session, bootstrapToken: token, from: visitor)
        return try await signIn(user, session, at: now)
    }

    /// Creates an administrator. For the command line and the first start, never for a request of the public.
    /// - Throws: `VALIDATION_ERROR`, `EMAIL_TAKEN`, `PHONE_TAKEN`.
    public func createAdmin(
        email: String, password: String, name: String, phone: String? = nil
    ) async throws(RoadsideError) -> Account {
        let draft = try AccountDraft(
            invited: .admin, email: email, name: name, phone: phone, password: password, settings: settings)
        let user = try await create(
            draft, as: ObjectID(), at: now, session: nil, bootstrapToken: nil, from: Visitor())
        return try await account(user)
    }

    /// Customers and providers register themselves. For anybody else the one-time token is returned, to be spent in
    /// the transaction.
    private func admission(of registration: Registration) throws(RoadsideError) -> String? {
        switch registration.role {
        case .customer, .provider:
            return nil
        case .admin, .partner, .dispatcher:
            guard registration.role == .admin, let presented = registration.bootstrapToken,
                let expected = settings.bootstrapToken, !expected.isEmpty,
                constantTimeEqual(
                    SHA256.hash(data: Data(presented.utf8)).bytes, SHA256.hash(data: Data(expected.utf8)).bytes)
            else {
                dependencies.logger.warning(
                    "A registration for a privileged role was refused", metadata: ["role": "\(registration.role)"])
                throw .notOpenToRegistration
            }
            return presented
        }
    }
}

// Writing.
extension Accounts {
    /// - Returns: the new document of `users`.
    private func create(
        _ draft: AccountDraft, as id: ObjectID, at now: Date, session: Session.Beginning?, bootstrapToken: String?,
        from visitor: Visitor
    ) async throws(RoadsideError) -> Document {
        // The unique indexes decide; looking first only spares a quarter of a second of hashing for a plain duplicate.
        try await refuseKnown(draft.addresses)
        let hash = try await passwords.hash(draft.password, yielding: true)
        let number = try await store.nextNumber(.users)

        let user = draft.user(id: id, number: number, passwordHash: hash, at: now).and(Self.known(visitor))
        let profile = draft.profile(id: id, number: number, isVerified: settings.autoVerify)
        let codes = try await verificationCodes(for: draft.addresses, of: id, from: visitor, at: now)

        try await store.transaction { transaction in
            if let bootstrapToken { try Self.spend(bootstrapToken, for: id, at: now, in: transaction) }
            try transaction.users.insert(user)
            if InvitationRules.roles.contains(draft.role) {
                try transaction.audit(
                    AuditEvent(
                        action: .userCreated, subject: AuditSubject(.user, id),
                        after: ["role": .string(draft.role.rawValue)]),
                    by: AuditAuthor(.system), at: now)
            }
            if let profile { try transaction.mechanics.insert(profile.document(createdAt: now)) }
            if let session { try transaction.sessions.insert(session.document) }
            for code in codes {
                try transaction.verificationCodes.updateOne(["_id": .string(code.key)], code.update, upsert: true)
            }
        }
        await deliver(codes)
        return user
    }

    private func refuseKnown(_ addresses: [ContactAddress]) async throws(RoadsideError) {
        for address in addresses {
            let known = try await store.database { () async throws(MongoError) in
                try await store.users.findOne(address.filter, projection: ["_id": 1])
            }
            if known != nil { throw .taken(address.kind) }
        }
    }

    /// Those that may go out: somebody who registers, erases and registers again is sent no more than anybody (T10).
    func verificationCodes(
        for addresses: [ContactAddress], of id: ObjectID, from visitor: Visitor, at now: Date
    ) async throws(RoadsideError) -> [VerificationCode] {
        var codes: [VerificationCode] = []
        for address in addresses {
            guard try await codeBudgets.allows(visitor, at: now),
                try await codeBudgets.take(to: address, of: id, at: now)
            else { continue }
            codes.append(try VerificationCode(.verify, for: address, of: id, dependencies: dependencies, at: now))
        }
        return codes
    }

    /// Of two who present the token at once one gets in: the second insert meets the first one's `_id`.
    private static func spend(
        _ token: String, for user: ObjectID, at now: Date, in transaction: MongoTransaction
    ) throws {
        let digest = SHA256.hash(data: Data(token.utf8)).bytes
        do {
            try transaction.settings.insert([
                "_id": .string("bootstrap_token:\(Data(digest).base64EncodedString())"), "used_by": .id(user),
                "used_at": .date(now),
            ])
        } catch {
            throw error.code == .duplicateKey ? RoadsideError.notOpenToRegistration : error
        }
    }
}

extension RoadsideError {
    fileprivate static let notOpenToRegistration = RoadsideError(
        .forbidden, "Accounts of this kind are not open to registration.")

    static func taken(_ kind: ContactAddress.Kind) -> RoadsideError {
        switch kind {
        case .email: RoadsideError(.emailTaken, "An account with this e-mail address already exists.")
        case .phone: RoadsideError(.phoneTaken, "An account with this phone number already exists.")
        }
    }
}

extension SHA256Digest {
    fileprivate var bytes: [UInt8] { Array(self) }
}
