import BSON
import Foundation
import Logging
import Mongo

// Ending sessions.
extension Accounts {
    /// A token came back that had been replaced: whoever holds the family now, it is over.
    func revoke(_ session: Session) async throws(RoadsideError) {
        let rows = try await store.transaction { transaction in
            try Self.end([session.family], of: session.user, in: transaction)
            return try inbox.append(
                [Self.revocation(of: session.user, session: session.family, reason: "token_reuse")], in: transaction)
        }
        gate.forget(session.user)
        inbox.ring(rows)
        dependencies.security.note(.refreshReuse, of: session.user, ["session": "\(session.family)"])
        let user = try await store.database { () async throws(MongoError) in
            try await store.users.findOne(["_id": .id(session.user)], projection: Contact.fields)
        }
        if let user { await notify(.sessionEnded, user) }
    }

    /// Ends the caller's other sessions and writes the rows that close their sockets.
    func endOthers(than caller: Caller, reason: String, in transaction: MongoTransaction) throws -> [InboxRow] {
        let others = try transaction.sessions.find(
            [
                "user_id": .id(caller.userID), "state": .string(Session.State.active.rawValue),
                "family": ["$ne": .id(caller.sessionID)],
            ], projection: ["family": 1])
        let families = Set(others.compactMap { $0.get("family", as: ObjectID.self) }).sorted()
        guard !families.isEmpty else { return [] }
        try Self.end(families, of: caller.userID, in: transaction)
        return try inbox.append(
            families.map { Self.revocation(of: caller.userID, session: $0, reason: reason) }, in: transaction)
    }

    /// Ends some sessions: their refresh tokens at once, their access tokens as soon as the gate looks again. Their open
    /// sockets hear of nothing but a `revocation`, which whoever calls appends in the same transaction.
    static func end(_ families: [ObjectID], of user: ObjectID, in transaction: MongoTransaction) throws(MongoError) {
        let ids = BSONValue.array(families.map(BSONValue.id))
        try transaction.sessions.updateMany(
            ["family": ["$in": ids], "state": ["$ne": .string(Session.State.revoked.rawValue)]],
            ["$set": ["state": .string(Session.State.revoked.rawValue)], "$unset": ["successor": ""]])
        // Access tokens of fifteen minutes are refused by this list: it keeps all of these, and fifty before them.
        let kept = Int32(clamping: -(50 + families.count))
        try transaction.users.updateOne(
            ["_id": .id(user)], ["$push": ["ended_sessions": ["$each": ids, "$slice": .int32(kept)]]])
    }

    /// Ends every session of a user by raising `session_version`, together with whatever else changes in his document.
    func endAll(
        of user: ObjectID, setting changes: Document, reason: String, in transaction: MongoTransaction
    ) throws -> [InboxRow] {
        var set = changes
        set.append("ended_sessions", [])
        set.append("updated_at", .date(now))
        let found = try transaction.users.updateOne(
            ["_id": .id(user)], ["$inc": ["session_version": .int64(1)], "$set": .document(set)])
        guard found.matched == 1 else { throw RoadsideError.notFound("Account") }
        try transaction.sessions.updateMany(
            ["user_id": .id(user), "state": ["$ne": .string(Session.State.revoked.rawValue)]],
            ["$set": ["state": .string(Session.State.revoked.rawValue)], "$unset": ["successor": ""]])
        return try inbox.append([Self.revocation(of: user, session: nil, reason: reason)], in: transaction)
    }

    /// The row that makes sockets close. With a session it concerns that one only.
    static func revocation(of user: ObjectID, session: ObjectID?, reason: String) -> InboxEntry {
        var body: Document = ["message": "session.revoked", "reason": .string(reason)]
        body.append("session_id", ifPresent: session)
        return InboxEntry(recipient: user, kind: .session, routes: [.session], body: body)
    }
}
