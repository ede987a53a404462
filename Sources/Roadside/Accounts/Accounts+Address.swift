import BSON
import Foundation
import Mongo
import RoadsideRules

// Another e-mail address or phone number. The new one counts once its code is shown; until then the old one does. Who is
// signed in stays so, and the old address hears of it.
extension Accounts {
    /// Sends a code to the address that shall be the caller's. He says his password again, since who can change an address
    /// can have the next password sent to it. Nothing tells whether somebody else has the address.
    ///
    /// - Throws: `VALIDATION_ERROR` for what is no address, for the one he has, and for a wrong password;
    ///   `RATE_LIMITED`
    ///   after too many wrong ones, and when too many codes were asked for; `OVERLOADED`.
    public func changeAddress(
        _ caller: Caller, to text: String, password: String, from visitor: Visitor = Visitor()
    ) async throws(RoadsideError) {
        let address = try newAddress(text)
        let user = try await reauthenticate(caller, password: password, from: visitor)
        guard user.get(address.kind.rawValue) != address.text else {
            throw .validation([FieldIssue(name: address.kind.rawValue, message: "This is your address already.")])
        }
        try await sendCode(.change, to: address, of: caller.userID, from: visitor)
    }

    /// Puts an address in the place of the caller's old one of its kind, by the code that was sent to it, which proves it.
    ///
    /// - Throws: `CODE_INVALID`, whatever the reason; `RATE_LIMITED` after too many wrong codes from there;
    ///   `EMAIL_TAKEN` or
    ///   `PHONE_TAKEN`, which nobody hears who has not proved that the address is his.
    public func confirmAddress(
        _ caller: Caller, _ text: String, code: String, from visitor: Visitor = Visitor()
    ) async throws(RoadsideError) -> Account {
        let (address, shown) = try await show(code, .change, at: text, of: caller.userID, from: visitor)
        let (kind, now) = (address.kind.rawValue, now)
        let before = try await store.transaction { transaction -> Document in
            try shown.spend(in: transaction)
            let before = try transaction.users.findOneAndUpdate(
                ["_id": .id(caller.userID)],
                [
                    "$set": [
                        kind: .string(address.text), "is_verified.\(kind)": true, "updated_at": .date(now),
                    ], "$inc": ["version": .int64(1)],
                ], returning: .before, projection: Contact.fields)
            guard let before else { throw RoadsideError.invalidToken }
            try SearchWords.renew(of: .id(caller.userID), in: transaction)
            try transaction.mechanics.updateOne(
                ["_id": .id(caller.userID)],
                ProviderProfile.update(setting: [kind: .string(address.text)], at: now))
            return before
        }
        gate.forget(caller.userID)
        if let old = ContactAddress.all(of: before).first(where: { $0.kind == address.kind }) {
            await delivery.deliver(Letter(to: old, .notice(.addressChanged)))
        }
        return try await account(caller.userID)
    }

    private func newAddress(_ text: String) throws(RoadsideError) -> ContactAddress {
        var check = ProfileCheck(region: settings.phoneRegion)
        let address =
            text.contains("@")
            ? ContactAddress(email: check.email(text)) : ContactAddress(phone: check.phone(text) ?? "")
        try check.finish()
        return address
    }
}
