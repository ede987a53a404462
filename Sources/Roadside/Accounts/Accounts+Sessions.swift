import BSON
import Foundation
import Logging
import Mongo
import RoadsideRules

// Refresh tokens are rotated at every use. A stolen one shows itself when the second of thief and owner uses it, and
// ends the whole family; but the repeat of a request whose answer was lost is no theft, so for a short while the token
// just rotated leads to the same successor, never to a second branch (trust.md §1.7).
extension Accounts {
    /// Goes on with a session.
    ///
    /// - Parameter device: where the request comes from; only there is its repeat believed to be one.
    /// - Throws: `INVALID_TOKEN`, or `ACCOUNT_DISABLED`.
    public func refresh(
        _ token: String, from device: DeviceBinding = DeviceBinding()
    ) async throws(RoadsideError) -> SignIn {
        guard let presented = OpaqueToken(token) else { throw .invalidToken }
        let now = now
        guard let session = try await session(presented), session.expiresAt > now else { throw .invalidToken }
        let user = try await store.database { () async throws(MongoError) in
            try await store.users.findOne(["_id": .id(session.user)])
        }
        guard let user, user.get("session_version") ?? 0 == session.version else { throw .invalidToken }
        guard user.get("is_active") ?? true else { throw .accountDisabled }

        let next = try await successor(of: session, presented, from: device, at: now)
        return try await signIn(
            user, family: session.family, version: session.version, refreshToken: next.token,
            refreshExpiresAt: next.expiresAt, at: now)
    }

    /// Ends the caller's session, and the one of `refreshToken` should it be another of his; their sockets close.
    public func logout(refreshToken: String?, caller: Caller) async throws(RoadsideError) {
        var families: Set<ObjectID> = [caller.sessionID]
        if let token = refreshToken.flatMap(OpaqueToken.init), let session = try await session(token),
            session.user == caller.userID
        {
            families.insert(session.family)
        }
        let ended = families.sorted()
        let rows = try await store.transaction { transaction in
            try Self.end(ended, of: caller.userID, in: transaction)
            return try inbox.append(
                ended.map { Self.revocation(of: caller.userID, session: $0, reason: "logout") }, in: transaction)
        }
        gate.forget(caller.userID)
        inbox.ring(rows)
    }

    /// Ends every session of the caller's account, on every device; sockets hear of it through the inbox.
    public func logoutAll(_ caller: Caller) async throws(RoadsideError) {
        let rows = try await store.transaction { transaction in
            try endAll(of: caller.userID, setting: [:], reason: "logout_all", in: transaction)
        }
        dependencies.security.note(.sessionsEnded, of: caller.userID)
        gate.forget(caller.userID)
        inbox.ring(rows)
    }

    /// Who is asking.
    /// - Throws: `INVALID_TOKEN`, or `ACCOUNT_DISABLED`.
    public func authenticate(bearer: String) async throws(RoadsideError) -> Caller {
        let now = now
        let caller = try await tokens.verify(bearer, now: now)
        try await gate.check(caller, at: now)
        return caller
    }

    /// Whether the session of somebody who has been listening for a while still stands, asked of the database and not of
    /// what was known a moment ago.
    public func stands(_ caller: Caller) async throws(RoadsideError) -> Bool {
        gate.forget(caller.userID)
        do {
            try await withFreshDeadline { () async throws(RoadsideError) in try await gate.check(caller, at: now) }
            return true
        } catch {
            guard error.code == .invalidToken || error.code == .accountDisabled else { throw error }
            return false
        }
    }
}

// Beginning and going on.
extension Accounts {
    /// A new family of refresh tokens, to be inserted into `sessions`.
    func newSession(of user: ObjectID, version: Int, at now: Date) -> Session.Beginning {
        let family = ObjectID()
        let token = OpaqueToken(bytes: dependencies.random(OpaqueToken.byteCount))
        let expiresAt = now.addingTimeInterval(settings.refreshTokenLifetime.timeInterval)
        let document = Session.document(
            token, family: family, user: user, seq: 1, version: version, at: now, expiresAt: expiresAt)
        return Session.Beginning(
            family: family, version: version, token: token, expiresAt: expiresAt, document: document)
    }

    /// The answer to who has just begun a session that is written. `user` is his document.
    func signIn(_ user: Document, _ session: Session.Beginning, at now: Date) async throws(RoadsideError) -> SignIn {
        try await signIn(
            user, family: session.family, version: session.version, refreshToken: session.token.text,
            refreshExpiresAt: session.expiresAt, at: now)
    }

    /// The answer to who has the session now.
    private func signIn(
        _ user: Document, family: ObjectID, version: Int, refreshToken: String, refreshExpiresAt: Date, at now: Date
    ) async throws(RoadsideError) -> SignIn {
        let account = try await account(user)
        // Whole seconds, because a token's times have no fractions.
        let lifetime = settings.accessTokenLifetime.timeInterval
        let expiresAt = Date(timeIntervalSince1970: (now.timeIntervalSince1970 + lifetime).rounded(.down))
        let caller = Caller(
            userID: account.id, role: account.role, sessionID: family, sessionVersion: version, expiresAt: expiresAt)
        let access = try await tokens.sign(caller, issuedAt: now)
        return SignIn(
            account: account,
            tokens: TokenPair(
                accessToken: access, refreshToken: refreshToken, accessExpiresAt: expiresAt,
                refreshExpiresAt: refreshExpiresAt),
            notices: notices(for: account))
    }

    private func notices(for account: Account) -> [String] {
        guard let provider = account.provider else { return [] }
        var notices: [String] = []
        if provider.location == nil {
            notices.append("You have no position yet, so no search finds you. Send your location to be offered jobs.")
        }
        if !provider.isVerified {
            notices.append("Your profile is waiting for approval. You will be offered jobs once it is approved.")
        }
        if !dependencies.missingPapers(of: provider, at: now).isEmpty {
            notices.append("Documents are missing or have expired. You will be offered jobs once they are approved.")
        }
        return notices
    }

    private func session(_ token: OpaqueToken) async throws(RoadsideError) -> Session? {
        let document = try await store.database { () async throws(MongoError) in
            try await store.sessions.findOne(["hash": .binary(subtype: 0, bytes: token.hash)])
        }
        return document.flatMap(Session.init)
    }
}

// Rotation.
extension Accounts {
    private func successor(
        of session: Session, _ presented: OpaqueToken, from device: DeviceBinding, at now: Date
    ) async throws(RoadsideError) -> (token: String, expiresAt: Date) {
        if session.state == .active, let next = try await rotate(session, from: device, at: now) { return next }
        // Somebody rotated it: long ago, a moment ago, or while we tried to.
        guard let session = try await self.session(presented), session.state == .rotated else { throw .invalidToken }
        guard let token = successor(of: session, from: device, at: now) else {
            try await revoke(session)
            throw .invalidToken
        }
        guard let next = try await self.session(token), next.state != .revoked else { throw .invalidToken }
        // Only the repeat of the last step is one: who has used the successor has had it.
        guard next.state == .active else {
            try await revoke(session)
            throw .invalidToken
        }
        return (token.text, next.expiresAt)
    }

    /// What a token was replaced by, for who may be told: the device that replaced it, for half a minute.
    private func successor(of session: Session, from device: DeviceBinding, at now: Date) -> OpaqueToken? {
        // A token replaced before devices were noted has none.
        guard let rotatedAt = session.rotatedAt, let sealed = session.successor,
            session.device.map({ $0 == device.mark }) ?? true,
            now.timeIntervalSince(rotatedAt) < settings.refreshGrace.timeInterval
        else { return nil }
        return dependencies.sealer.open(sealed, for: session.place).flatMap { OpaqueToken($0) }
    }

    /// One compare-and-set makes the token its successor's predecessor; nothing when another request won it.
    private func rotate(
        _ session: Session, from device: DeviceBinding, at now: Date
    ) async throws(RoadsideError) -> (token: String, expiresAt: Date)? {
        let next = OpaqueToken(bytes: dependencies.random(OpaqueToken.byteCount))
        let expiresAt = now.addingTimeInterval(settings.refreshTokenLifetime.timeInterval)
        let sealed = try dependencies.sealer.seal(next.text, for: session.place)
        let won = try await store.transaction { transaction in
            let turned = try transaction.sessions.updateOne(
                ["_id": .id(session.id), "state": .string(Session.State.active.rawValue)],
                [
                    "$set": [
                        "state": .string(Session.State.rotated.rawValue), "rotated_at": .date(now),
                        "successor": .string(sealed), "device": .string(device.mark),
                    ]
                ])
            guard turned.matched == 1 else { return false }
            try transaction.sessions.insert(
                Session.document(
                    next, family: session.family, user: session.user, seq: session.seq + 1, version: session.version,
                    at: now, expiresAt: expiresAt))
            return true
        }
        return won ? (next.text, expiresAt) : nil
    }
}
