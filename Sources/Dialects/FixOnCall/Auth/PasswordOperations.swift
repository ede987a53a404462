import BSON
import Blueprint
import RoadsideWeb

/// What the documents say of the routes for passwords.
extension PasswordRoutes {
    static let forgot = Operation.fixOnCall(
        AuthRoutes.tag, "Ask for a code that sets a new password", for: .everybody,
        description: "The answer never tells whether there is such an account.",
        body: .json(address, example: ["email": "driver@example.com"]),
        status: 202, message: "If there is an account with this address, a code is on its way.", data: [:],
        refusals: [429])

    static let reset = Operation.fixOnCall(
        AuthRoutes.tag, "Set a new password by its code", for: .everybody,
        description: "Ends every session of the account. The code serves once, within ten minutes and five tries.",
        body: .json(
            .object(
                ["email": AuthRoutes.email, "phone": AuthRoutes.phone, "code": .code, "password": .newPassword],
                optional: ["email", "phone"]
            ).needingOne(of: "email", "phone"),
            example: ["email": "driver@example.com", "code": "123456", "password": "A better one 7"]),
        message: "Your password is changed. Please log in.", data: [:], refusals: [429, 503])

    static let change = Operation.fixOnCall(
        AuthRoutes.tag, "Change one's own password", for: .signedIn,
        description: "Ends every other session of the account.",
        body: .json(
            .object(["current_password": .password, "new_password": .newPassword]),
            example: ["current_password": "Test123!", "new_password": "A better one 7"]),
        message: "Your password is changed.", data: [:], refusals: [409, 429, 503])

    /// An e-mail address or a phone number.
    static let address = Schema.object(
        ["email": AuthRoutes.email, "phone": AuthRoutes.phone], optional: ["email", "phone"]
    ).needingOne(of: "email", "phone")
}
