import BSON
import Foundation
import Mongo
import RoadsideRules

// Signing in by an outside party (T17). An account is found by the party's own name for a person. An e-mail address joins
// an account to that name once, and only where nobody can have put it there for somebody else.
extension Accounts {
    /// Signs in, or registers a customer, by a token of the outside party.
    ///
    /// An account that has the address already is joined when its address is proven and the party gives out such addresses
    /// itself; otherwise its password is asked for, once.
    ///
    /// - Throws: `INVALID_CREDENTIALS` for a token that does not count, a wrong password, or an account that is joined to
    ///   somebody else there; `EMAIL_TAKEN` when the password has to be said; `ACCOUNT_DISABLED`; `NOT_FOUND` where this is
    ///   not set up; `RATE_LIMITED` after too many wrong passwords; `OVERLOADED`.
    public func signIn(
        identity token: String, nonce: String? = nil, password: String? = nil, from visitor: Visitor = Visitor()
    ) async throws(RoadsideError) -> SignIn {
        guard let identities else { throw .notFound("Signing in this way") }
        let identity: OutsideIdentity
        do {
            identity = try await identities.verify(token, nonce: nonce, now: now)
        } catch {
            if error.code == .invalidCredentials { dependencies.security.note(.loginFail) }
            throw error
        }
        if let user = try await user(joinedTo: identity) {
            return try await begin(user, whose: identity.proof, from: visitor)
        }
        if let user = try await user(at: ContactAddress(email: identity.email)) {
            let joined = try await join(user, to: identity, password: password, from: visitor)
            return try await begin(joined, whose: identity.proof, from: visitor)
        }
        do {
            return try await register(identity)
        } catch  where error.code == .emailTaken || error.code == .conflict {
            // He has done it twice at once: the other request was first.
            guard let user = try await user(joinedTo: identity) else { throw error }
            return try await begin(user, whose: identity.proof, from: visitor)
        }
    }

    private func user(joinedTo identity: OutsideIdentity) async throws(RoadsideError) -> Document? {
        try await store.database { () async throws(MongoError) in
            try await store.users.findOne(identity.proof)
        }
    }

    private func join(
        _ user: Document, to identity: OutsideIdentity, password: String?, from visitor: Visitor
    ) async throws(RoadsideError) -> Document {
        guard user["google_sub"] == nil, let id: ObjectID = user.get("_id") else { throw .foreignIdentity }
        if let password {
            let address = ContactAddress(email: identity.email)
            guard case .right = try await verify(password, of: user, at: address, from: visitor) else {
                throw .foreignIdentity
            }
        } else if !identity.isAuthoritative || user.value(at: ["is_verified", "email"]) != .bool(true) {
            throw RoadsideError(
                .emailTaken, "There is an account with this e-mail address. Give its password once to join the two.")
        }
        let now = now
        let joined = try await store.database { () async throws(MongoError) in
            // As it was when it was looked at: the address may be changing hands.
            try await store.users.findOneAndUpdate(
                [
                    "_id": .id(id), "email": .string(identity.email), "google_sub": .null,
                    "password_hash": user["password_hash"] ?? .null,
                ],
                [
                    "$set": [
                        "google_sub": .string(identity.subject), "is_verified.email": true, "updated_at": .date(now),
                    ]
                ], returning: .after)
        }
        guard let joined else { throw .foreignIdentity }
        return joined
    }

    private func register(_ identity: OutsideIdentity) async throws(RoadsideError) -> SignIn {
        let draft = AccountDraft(identity)
        let (id, now) = (ObjectID(), now)
        let number = try await store.nextNumber(.users)
        let session = newSession(of: id, version: 0, at: now)
        var user = draft.user(id: id, number: number, passwordHash: nil, isProven: true, at: now)
        user.append("google_sub", .string(identity.subject))
        let document = user
        try await store.transaction { transaction in
            try transaction.users.insert(document)
            try transaction.sessions.insert(session.document)
        }
        return try await signIn(document, session, at: now)
    }
}

extension OutsideIdentity {
    /// The account that is joined to it.
    fileprivate var proof: Document { ["google_sub": .string(subject)] }
}

extension RoadsideError {
    /// Whatever is wrong with a token, or with whom it speaks of: who guesses learns nothing.
    public static let foreignIdentity = RoadsideError(
        .invalidCredentials, "This sign-in does not count. Please try again, or log in by password.")
}
