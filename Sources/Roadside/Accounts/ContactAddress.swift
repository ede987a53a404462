import BSON
import RoadsideRules

/// A normalised e-mail address or phone number: what people type to say who they are.
struct ContactAddress: Sendable, Hashable {
    enum Kind: String, Sendable { case email, phone }

    let kind: Kind
    let text: String

    init(email: String) {
        kind = .email
        text = email
    }

    init(phone: String) {
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

    /// Key of its document in `verification_codes`.
    var key: String { "\(kind.rawValue):\(text)" }
}
