import BSON
import Foundation
import Mongo
import RoadsideRules

// Guests (contracts K48, README decision 13): customers without an account of their own, where an installation lets
// them in. Each is an account that nobody can sign in to: it has no password and no address. The phone number a guest
// gives is how his provider reaches him and nothing else, so it opens nothing of whoever has an account with that number.
extension Accounts {
    /// The guest with this pass: whoever had it a moment ago, or a new one.
    ///
    /// - Throws: `INVALID_TOKEN` where guests are not let in; `ACCOUNT_DISABLED`; `RATE_LIMITED` with `retry_after` when
    ///   there were too many new ones from this address.
    public func admit(guest pass: GuestPass) async throws(RoadsideError) -> Caller {
        guard settings.letsGuestsIn else { throw .invalidToken }
        if let caller = try await known(pass) { return caller }
        try await count(pass)
        do throws(RoadsideError) {
            return try await makeGuest(pass)
        } catch  where error.code == .conflict {
            // His other connection was quicker.
            guard let caller = try await known(pass) else { throw error }
            return caller
        }
    }

    /// Keeps the pass of a guest who is still here.
    public func renew(_ pass: GuestPass) async throws(RoadsideError) {
        _ = try await session(pass, at: now)
    }

    /// Keeps how a guest says he is reached. Of who has an account nothing is changed: he is reached as that says.
    ///
    /// - Throws: `VALIDATION_ERROR` for what is no phone number.
    public func note(phone text: String, ofGuest caller: Caller) async throws(RoadsideError) {
        guard let phone = ContactRules.phone(text, region: settings.phoneRegion) else {
            throw .validation([
                FieldIssue(name: "passenger_phone", message: "Write the number with its country, like +27123456789.")
            ])
        }
        let result = try await store.database { () async throws(MongoError) in
            try await store.users.updateOne(
                ["_id": .id(caller.userID), "guest": ["$exists": true]], ["$set": ["guest.phone": .string(phone)]])
        }
        if result.matched > 0 { gate.forget(caller.userID) }
    }

    private func known(_ pass: GuestPass) async throws(RoadsideError) -> Caller? {
        let now = now
        guard let session = try await session(pass, at: now) else { return nil }
        let caller = caller(session.user, family: session.family, at: now)
        try await gate.check(caller, at: now)
        return caller
    }

    /// His session, renewed; nil when it is over, or never was.
    private func session(_ pass: GuestPass, at now: Date) async throws(RoadsideError) -> Session? {
        let hash = pass.token(dependencies.secrets.peppers).hash
        let document = try await store.database { () async throws(MongoError) in
            try await store.sessions.findOneAndUpdate(
                [
                    "hash": .binary(subtype: 0, bytes: hash), "expires_at": ["$gt": .date(now)],
                    "state": .string(Session.State.active.rawValue),
                ], ["$set": ["expires_at": .date(now.addingTimeInterval(GuestPass.lifetime))]])
        }
        return document.flatMap(Session.init)
    }

    /// Each is an account, which costs room for good.
    private func count(_ pass: GuestPass) async throws(RoadsideError) {
        let now = now
        // A client that has no address is one of this machine's.
        let address = NetworkAddress(pass.address)?.subscriber.key ?? ""
        let budget = Budgets.Budget(
            kind: "guests", subject: address, limit: settings.limits.guestsPerClient, window: 3600)
        guard try await Budgets(dependencies).take([budget], at: now) != nil else { return }
        throw .tooManyGuests.after(seconds: Budgets.wait(budget.window, at: now))
    }

    private func makeGuest(_ pass: GuestPass) async throws(RoadsideError) -> Caller {
        let (id, family, now) = (ObjectID(), ObjectID(), now)
        let token = pass.token(dependencies.secrets.peppers)
        let number = try await store.nextNumber(.users)
        let user: Document = [
            "_id": .id(id), "number": .int64(number), "roles": [.string(Role.customer.rawValue)],
            "name": .string(Self.guestName), "guest": [:], "is_active": true,
            "is_verified": ["email": false, "phone": false], "session_version": .int64(0),
            SearchWords.field: .array(SearchWords.of(name: Self.guestName, email: "", phone: "").map(BSONValue.string)),
            "created_at": .date(now), "updated_at": .date(now), "version": .int64(1),
        ]
        let session = Session.document(
            token, family: family, user: id, seq: 1, version: 0, at: now,
            expiresAt: now.addingTimeInterval(GuestPass.lifetime))
        try await store.transaction { transaction in
            // The pass of somebody who was here long ago.
            _ = try transaction.sessions.deleteOne([
                "hash": .binary(subtype: 0, bytes: token.hash), "expires_at": ["$lte": .date(now)],
            ])
            try transaction.users.insert(user)
            try transaction.sessions.insert(session)
        }
        return caller(id, family: family, at: now)
    }

    private func caller(_ user: ObjectID, family: ObjectID, at now: Date) -> Caller {
        Caller(
            userID: user, role: .customer, sessionID: family, sessionVersion: 0,
            expiresAt: now.addingTimeInterval(GuestPass.sessionLifetime))
    }

    private static let guestName = "Guest"
}

extension RoadsideError {
    /// Thrown with `retry_after` in seconds.
    public static let tooManyGuests = RoadsideError(
        .rateLimited, "Too many people have come from here without signing in. Please wait, or sign in.")

    fileprivate func after(seconds: Int) -> RoadsideError {
        RoadsideError(code, message, details: [("retry_after", .int(Int64(seconds)))])
    }
}
