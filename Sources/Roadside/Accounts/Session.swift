import BSON
import Foundation

/// One refresh token as it is stored: a link of the chain that one sign-in began.
struct Session: Sendable {
    enum State: String { case active, rotated, revoked }

    let id: ObjectID
    /// The chain; access tokens carry it as their session.
    let family: ObjectID
    let user: ObjectID
    let seq: Int64
    let state: State
    /// `users.session_version` at sign-in; a session of an older version is over, whatever its state says.
    let version: Int
    let expiresAt: Date
    let rotatedAt: Date?
    /// The token that followed, sealed, so that the repeat of a lost answer gets the same one.
    let successor: String?
    /// ``DeviceBinding`` of who replaced it.
    let device: String?

    init?(_ document: Document) {
        guard let id: ObjectID = document.get("_id"), let family: ObjectID = document.get("family"),
            let user: ObjectID = document.get("user_id"),
            let state = document.get("state").flatMap(State.init(rawValue:)),
            let expiresAt: Date = document.get("expires_at")
        else { return nil }
        self.id = id
        self.family = family
        self.user = user
        self.state = state
        self.expiresAt = expiresAt
        seq = document.get("seq") ?? 0
        version = document.get("session_version") ?? 0
        rotatedAt = document.get("rotated_at")
        successor = document.get("successor")
        device = document.get("device")
    }

    /// The document of a token that may be used once.
    static func document(
        _ token: OpaqueToken, family: ObjectID, user: ObjectID, seq: Int64, version: Int, at now: Date, expiresAt: Date
    ) -> Document {
        [
            "_id": .id(ObjectID()), "family": .id(family), "user_id": .id(user), "seq": .int64(seq),
            "hash": .binary(subtype: 0, bytes: token.hash), "state": .string(State.active.rawValue),
            "session_version": .int64(Int64(version)), "created_at": .date(now), "expires_at": .date(expiresAt),
        ]
    }

    /// A chain at its first link, before it is written.
    struct Beginning: Sendable {
        let family: ObjectID
        let version: Int
        let token: OpaqueToken
        let expiresAt: Date
        let document: Document
    }

    /// What a sealed successor is bound to.
    var place: String { "refresh:\(id.hex)" }
}
