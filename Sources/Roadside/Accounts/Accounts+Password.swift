import BSON
import Foundation
import Mongo
import RoadsideRules

extension Accounts {
    /// Sends a code that sets a new password. Says nothing of whether there is such an account, and takes as long (T12).
    ///
    /// Where one address of an account is proven, the other one serves only when it is, too: nobody takes over an account by
    /// an address that was mistyped, or put there by whoever made the account for somebody else.
    ///
    /// - Throws: `RATE_LIMITED` when too many codes were asked for from there.
    public func forgotPassword(
        address: String, from visitor: Visitor = Visitor()
    ) async throws(RoadsideError) {
        guard let address = ContactAddress(address, region: settings.phoneRegion) else { return }
        let user = try await store.database { () async throws(MongoError) in
            try await store.users.findOne(address.filter, projection: ["is_verified": 1])
        }
        let owner = user.flatMap { Self.trusts(address.kind, $0) ? $0 : nil }
        try await sendCode(.reset, to: address, of: owner?.get("_id"), from: visitor)
    }

    private static func trusts(_ kind: ContactAddress.Kind, _ user: Document) -> Bool {
        let proven = [ContactAddress.Kind.email, .phone].filter {
            user.value(at: ["is_verified", $0.rawValue]) == .bool(true)
        }
        return proven.isEmpty || proven.contains(kind)
    }

    /// Nobody goes on to change an address by what was sent before the password changed.
    private static func voidChanges(of user: ObjectID, in transaction: MongoTransaction) throws(MongoError) {
        try transaction.verificationCodes.updateMany(
            ["user_id": .id(user), "purpose": .string(CodePurpose.change.rawValue)], ["$unset": ["hash": ""]])
    }

    /// Sets a new password by a code of ``forgotPassword(address:)``, and ends every session of the account (T18). Who has
    /// the code has the address, which so is proven, too.
    ///
    /// Nothing is hashed for a wrong code: guesses cost nobody a turn at the hasher.
    /// - Throws: `CODE_INVALID`, whatever the reason; `VALIDATION_ERROR` for a bad password, which leaves the code good;
    ///   `RATE_LIMITED` after too many wrong codes from there; `OVERLOADED`.
    public func resetPassword(
        address text: String, code: String, password: String, from visitor: Visitor = Visitor()
    ) async throws(RoadsideError) {
        try checkPassword(password, own: [text])
        let (address, shown) = try await show(code, .reset, at: text, from: visitor)
        let owner = address.filter.and(["_id": .id(shown.user)])
        let user = try await store.database { () async throws(MongoError) in try await store.users.findOne(owner) }
        guard let user else { throw .wrongCode }
        try checkPassword(password, own: Self.words(of: user))

        let hash = try await passwords.hash(password)
        let rows = try await store.transaction { transaction in
            try shown.spend(in: transaction)
            // The address may have become another's while the password was hashed.
            guard try transaction.users.findOne(owner, projection: ["_id": 1]) != nil else {
                throw RoadsideError.wrongCode
            }
            try Self.voidChanges(of: shown.user, in: transaction)
            return try endAll(
                of: shown.user,
                setting: ["password_hash": .string(hash), "is_verified.\(address.kind.rawValue)": true],
                reason: "password_reset", in: transaction)
        }
        for text in [user.get("email", as: String.self), user.get("phone", as: String.self)].compactMap(\.self) {
            if let address = ContactAddress(text, region: settings.phoneRegion) { guesses.forget(address) }
        }
        gate.forget(shown.user)
        inbox.ring(rows)
        await notify(.passwordChanged, user)
    }

    /// Sets a new password for who knows the present one, and ends his other sessions.
    /// - Throws: `VALIDATION_ERROR` for a wrong present password and for a bad new one; `RATE_LIMITED` after too many
    ///   wrong ones; `OVERLOADED`; `CONFLICT` when the password was changed at the same moment.
    public func changePassword(
        _ caller: Caller, from current: String, to password: String, visitor: Visitor = Visitor()
    ) async throws(RoadsideError) {
        let user = try await reauthenticate(caller, password: current, as: "current_password", from: visitor)
        try checkPassword(password, own: Self.words(of: user), as: "new_password")
        let hash = try await passwords.hash(password)
        let (stored, now) = (user["password_hash"] ?? .null, now)
        let rows = try await store.transaction { transaction in
            let changed = try transaction.users.updateOne(
                ["_id": .id(caller.userID), "password_hash": stored],
                [
                    "$set": ["password_hash": .string(hash), "updated_at": .date(now)],
                    "$inc": ["version": .int64(1)],
                ])
            guard changed.matched == 1 else {
                throw RoadsideError(.conflict, "Your password has just been changed elsewhere.")
            }
            try Self.voidChanges(of: caller.userID, in: transaction)
            return try endOthers(than: caller, reason: "password_changed", in: transaction)
        }
        gate.forget(caller.userID)
        inbox.ring(rows)
        await notify(.passwordChanged, user)
    }

    /// Makes sure that who holds a token knows the password, too: a token alone takes over no account.
    ///
    /// - Parameter field: how the issue names the password.
    /// - Returns: his document of `users`.
    /// - Throws: `VALIDATION_ERROR` for a wrong password; `RATE_LIMITED` after too many of this session; `OVERLOADED`;
    ///   `INVALID_TOKEN` when he no longer exists.
    func reauthenticate(
        _ caller: Caller, password: String, as field: String = "password", from visitor: Visitor
    ) async throws(RoadsideError) -> Document {
        let user = try await store.database { () async throws(MongoError) in
            try await store.users.findOne(["_id": .id(caller.userID)])
        }
        guard let user else { throw .invalidToken }
        let verdict = try await verify(password, of: user, by: .session(caller.sessionID), from: visitor)
        guard case .right = verdict else {
            throw .validation([FieldIssue(name: field, message: "This is not your password.")])
        }
        return user
    }

    private func checkPassword(
        _ password: String, own: [String], as field: String = "password"
    ) throws(RoadsideError) {
        var check = ProfileCheck(region: settings.phoneRegion)
        check.password(password, own: own, as: field)
        try check.finish()
    }

    private static func words(of user: Document) -> [String] {
        ["email", "name", "phone"].compactMap { user.get($0) }
    }
}
