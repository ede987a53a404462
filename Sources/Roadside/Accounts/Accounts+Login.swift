import BSON
import Logging
import Mongo
import RoadsideRules

extension Accounts {
    /// - Throws: `INVALID_CREDENTIALS`, alike for an unknown address and a wrong password and after equal work;
    ///   `ACCOUNT_DISABLED`, only to who knows the password; `OVERLOADED`.
    public func login(email: String, password: String) async throws(RoadsideError) -> SignIn {
        try await login(ContactRules.email(email).map(ContactAddress.init(email:)), password: password)
    }

    /// - Throws: as `login(email:password:)`.
    public func login(phone: String, password: String) async throws(RoadsideError) -> SignIn {
        try await login(
            ContactRules.phone(phone, region: settings.phoneRegion).map(ContactAddress.init(phone:)),
            password: password)
    }

    private func login(_ address: ContactAddress?, password: String) async throws(RoadsideError) -> SignIn {
        let user = try await user(at: address)
        let stored = user?.get("password_hash", as: String.self)
        let verdict = try await passwords.verify(password, against: stored)
        guard let user, let stored, let id = user.get("_id", as: ObjectID.self), case .right(let outdated) = verdict
        else {
            throw RoadsideError(.invalidCredentials, "Wrong e-mail address, phone number or password.")
        }
        guard user.get("is_active") ?? true else { throw .accountDisabled }
        if outdated { await renew(stored, of: id, password: password) }

        let now = now
        let version = user.get("session_version", as: Int.self) ?? 0
        let session = newSession(of: id, version: version, at: now)
        try await store.database { () async throws(MongoError) in try await store.sessions.insert(session.document) }
        return try await signIn(user, session, at: now)
    }

    private func user(at address: ContactAddress?) async throws(RoadsideError) -> Document? {
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
