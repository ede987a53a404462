import BSON
import Logging
import Mongo
import RoadsideRules

extension Accounts {
    /// - Parameter visitor: where the request comes from.
    /// - Throws: `INVALID_CREDENTIALS`, alike for an unknown address and a wrong password and after equal work;
    ///   `ACCOUNT_DISABLED`, only to who knows the password; `RATE_LIMITED` after too many wrong ones; `OVERLOADED`.
    public func login(
        email: String, password: String, from visitor: Visitor = Visitor()
    ) async throws(RoadsideError) -> SignIn {
        try await login(
            ContactRules.email(email).map(ContactAddress.init(email:)), password: password, from: visitor)
    }

    /// - Throws: as `login(email:password:from:)`.
    public func login(
        phone: String, password: String, from visitor: Visitor = Visitor()
    ) async throws(RoadsideError) -> SignIn {
        try await login(
            ContactRules.phone(phone, region: settings.phoneRegion).map(ContactAddress.init(phone:)),
            password: password, from: visitor)
    }

    private func login(
        _ address: ContactAddress?, password: String, from visitor: Visitor
    ) async throws(RoadsideError) -> SignIn {
        let user = try await user(at: address)
        let stored = user?.get("password_hash", as: String.self)
        let verdict = try await verify(password, of: user, at: address, from: visitor)
        guard let user, let stored, let id = user.get("_id", as: ObjectID.self), case .right(let outdated) = verdict
        else {
            dependencies.security.note(.loginFail, of: user?.get("_id"))
            throw .wrongLogin
        }
        let signIn = try await begin(user, whose: ["password_hash": .string(stored)], from: visitor)
        if outdated { await renew(stored, of: id, password: password) }
        return signIn
    }

    /// A new session of somebody who has proved who he is.
    ///
    /// - Parameters:
    ///   - user: his document.
    ///   - visitor: where he is; his device is known from now on.
    ///   - proof: by what he proved it. Looked at once more behind the session, in a write: of this and a change of that
    ///     proof at the same moment one sees the other, and a session by a password that was replaced meanwhile is none.
    /// - Throws: `ACCOUNT_DISABLED`, `INVALID_CREDENTIALS`.
    func begin(
        _ user: Document, whose proof: Document, from visitor: Visitor
    ) async throws(RoadsideError) -> SignIn {
        guard user.get("is_active") ?? true else { throw .accountDisabled }
        guard let id: ObjectID = user.get("_id") else { throw .broken("a user without an id") }
        let now = now
        let version = user.get("session_version", as: Int.self) ?? 0
        let session = newSession(of: id, version: version, at: now)
        let his: Document = ["_id": .id(id)]
        let still = his.and(proof)
        // Counted, for to write the same moment again is to write nothing, and to meet nobody who changes the password.
        var change: Document = ["$set": ["last_login_at": .date(now)], "$inc": ["logins": .int64(1)]]
        if let mark = visitor.mark, !Self.knows(mark, user) { change.append("$push", Self.noting(mark)) }
        let update = Update.document(change)
        let isHis = try await store.database { () async throws(MongoError) in
            try await store.sessions.insert(session.document)
            let found = try await store.users.updateOne(still, update)
            if found.matched == 0 { _ = try await store.sessions.deleteOne(["family": .id(session.family)]) }
            return found.matched == 1
        }
        guard isHis else { throw .wrongLogin }
        dependencies.security.note(.login, of: id)
        return try await signIn(user, session, at: now)
    }

    func user(at address: ContactAddress?) async throws(RoadsideError) -> Document? {
        guard let address else { return nil }
        return try await store.database { () async throws(MongoError) in
            try await store.users.findOne(address.filter)
        }
    }

    /// Replaces a hash made with an old cost or pepper, or without one. Nobody is refused because this failed.
    private func renew(_ stored: String, of id: ObjectID, password: String) async {
        do {
            let hash = try await passwords.hash(password)
            // Only over the hash that was verified: the password may have been changed meanwhile.
            _ = try await store.database { () async throws(MongoError) in
                try await store.users.updateOne(
                    ["_id": .id(id), "password_hash": .string(stored)],
                    ["$set": ["password_hash": .string(hash)]])
            }
        } catch {
            dependencies.logger.info("A password hash could not be renewed", metadata: ["error": "\(error)"])
        }
    }
}

extension RoadsideError {
    fileprivate static let wrongLogin = RoadsideError(
        .invalidCredentials, "Wrong e-mail address, phone number or password.")
}
