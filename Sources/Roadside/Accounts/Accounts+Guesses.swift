import BSON
import Foundation
import Mongo

// Passwords that somebody shows. What is cheap comes first: who has been wrong too often is refused before anything is
// hashed (T13), and an address without an account is refused as one with an account is (T12).
extension Accounts {
    /// Compares a password with that of an account, or as if with one.
    ///
    /// - Parameters:
    ///   - user: nil where there is no such account.
    ///   - address: as it was typed; nil for what is none.
    /// - Throws: `RATE_LIMITED`, `OVERLOADED`.
    func verify(
        _ password: String, of user: Document?, at address: ContactAddress?, from visitor: Visitor
    ) async throws(RoadsideError) -> PasswordHasher.Verdict {
        try await verify(password, of: user, by: Self.subject(user, address, visitor), from: visitor)
    }

    /// - Parameter subject: whose tries are counted.
    /// - Throws: `RATE_LIMITED`, `OVERLOADED`.
    func verify(
        _ password: String, of user: Document?, by subject: SecretGuesses.Subject?, from visitor: Visitor
    ) async throws(RoadsideError) -> PasswordHasher.Verdict {
        let guess = try guesses.begin(subject, from: visitor, at: now)
        let verdict: PasswordHasher.Verdict
        do {
            verdict = try await passwords.verify(password, against: user?.get("password_hash"))
        } catch {
            guess.wasNone()
            throw error
        }
        if case .right = verdict { guess.wasRight() } else { guess.wasWrong(at: now) }
        return verdict
    }

    private static func subject(
        _ user: Document?, _ address: ContactAddress?, _ visitor: Visitor
    ) -> SecretGuesses.Subject? {
        if let user, let id: ObjectID = user.get("_id"), let mark = visitor.mark, knows(mark, user) {
            return .device(id, mark: mark)
        }
        return address.map { .typed($0) }
    }
}

// Devices that have signed in before: the newest ten, as hashes.
extension Accounts {
    private static let mostDevices: Int32 = 10

    static func knows(_ mark: String, _ user: Document) -> Bool {
        user.get("known_devices", as: [String].self)?.contains(mark) ?? false
    }

    /// For the `$push` of a sign-in.
    static func noting(_ mark: String) -> BSONValue {
        ["known_devices": ["$each": [.string(mark)], "$position": .int32(0), "$slice": .int32(mostDevices)]]
    }

    /// For the document of somebody new.
    static func known(_ visitor: Visitor) -> Document {
        visitor.mark.map { ["known_devices": [.string($0)]] } ?? [:]
    }
}
