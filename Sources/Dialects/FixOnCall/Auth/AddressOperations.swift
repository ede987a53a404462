import BSON
import Blueprint
import RoadsideWeb

/// What the documents say of the routes for another address.
extension AddressRoutes {
    static let change = Operation.fixOnCall(
        AuthRoutes.tag, "Ask for another e-mail address or phone number", for: .signedIn,
        description: """
            A code goes to the new address, which counts once the code is shown at `/api/auth/confirm-address`. The answer \
            never tells whether somebody else has it.
            """,
        body: .json(
            .object(
                ["email": AuthRoutes.email, "phone": AuthRoutes.phone, "password": .password],
                optional: ["email", "phone"]
            ).needingOne(of: "email", "phone"),
            example: ["email": "new@example.com", "password": "Test123!"]),
        status: 202, message: "A code is on its way to the new address.", data: [:], refusals: [409, 429, 503])

    static let confirm = Operation.fixOnCall(
        AuthRoutes.tag, "Put the new address in the place of the old one", for: .signedIn,
        description: "The old address is told. Sessions stay.",
        body: .json(
            .object(
                ["email": AuthRoutes.email, "phone": AuthRoutes.phone, "code": .code], optional: ["email", "phone"]
            ).needingOne(of: "email", "phone"),
            example: ["email": "driver@example.com", "code": "123456"]),
        message: "Your address is changed.", data: ["user": UserView.example], refusals: [409, 429])
}
