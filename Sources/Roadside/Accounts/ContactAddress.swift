import BSON
import RoadsideRules

/// A normalised e-mail address or phone number: what people type to say who they are.
public struct ContactAddress: Sendable, Hashable {
    /// Raw values are stored, and name the fields of `users` and of `is_verified`.
    public enum Kind: String, Sendable { case email, phone }

    public let kind: Kind
    public let text: String

    /// - Parameter email: normalised by ``RoadsideRules/ContactRules``.
    public init(email: String) {
        kind = .email
        text = email
    }

    /// - Parameter phone: normalised by ``RoadsideRules/ContactRules``.
    public init(phone: String) {
        kind = .phone
        text = phone
    }

    /// Tells the two apart by the `@`; nothing for what is neither.
    init?(_ typed: String, region: String) {
        if typed.contains("@") {
            guard let email = ContactRules.email(typed) else { return nil }
            self.init(email: email)
        } else {
            guard let phone = ContactRules.phone(typed, region: region) else { return nil }
            self.init(phone: phone)
        }
    }

    /// Finds the user who has it.
    var filter: Document { [kind.rawValue: .string(text)] }

    /// Key of its document in `verification_codes`, one for each purpose.
    func key(_ purpose: CodePurpose) -> String {
        // The oldest purpose has no word of its own.
        purpose == .verify ? "\(kind.rawValue):\(text)" : "\(purpose.rawValue):\(kind.rawValue):\(text)"
    }
}

extension ContactAddress {
    /// Those of a `users` document, the e-mail address first.
    static func all(of user: Document) -> [ContactAddress] {
        [
            user.get("email", as: String.self).map(ContactAddress.init(email:)),
            user.get("phone", as: String.self).map(ContactAddress.init(phone:)),
        ].compactMap(\.self)
    }
}
