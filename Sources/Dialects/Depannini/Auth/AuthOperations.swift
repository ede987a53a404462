import BSON
import Blueprint
import RoadsideWeb

/// What the documents say of the routes under `/api/auth/` that end in a slash.
extension AuthRoutes {
    static let tag = "Depannini: authentication"

    static let register = Operation.depannini(
        tag, "Register a client or an assistant", for: .everybody,
        description: """
            An assistant must tell `service_type`, `vehicle_type`, `current_lat`, `current_lng`, `driving_license_cat`, \
            `driving_license_num`, `driving_license_expiry` (as `dd:mm:yy`, in the future) and `vehicle_registration_num`. \
            The e-mail address may be left out.
            """,
        body: .json(
            .object(
                [
                    "phone_number": .phoneNumber, "email": .emailAddress, "name": .text(max: 100),
                    "password": .newPassword, "password_confirm": .newPassword,
                    "user_type": .string(oneOf: DepanniniWords.newcomers),
                    "service_type": .string(oneOf: DepanniniWords.serviceTypes), "vehicle_type": .text(max: 60),
                    "driving_license_cat": .string(oneOf: DepanniniWords.licences),
                    "driving_license_num": .text(max: 32), "driving_license_expiry": day,
                    "vehicle_registration_num": .integer(in: 0...Int64.max), "current_lat": .latitude,
                    "current_lng": .longitude, "address": .optionalText(max: 300),
                ],
                optional: [
                    "email", "service_type", "vehicle_type", "driving_license_cat", "driving_license_num",
                    "driving_license_expiry", "vehicle_registration_num", "current_lat", "current_lng", "address",
                ]
            ).takingTogether("current_lat", "current_lng"),
            example: [
                "phone_number": "+254712345678", "email": "client@example.com", "name": "Amine Client",
                "password": "A good one 7", "password_confirm": "A good one 7", "user_type": "client",
            ]),
        status: 201, answer: "Registered and signed in", TokensView.newcomerExample, refusals: [409, 503])

    private static let day = Schema.string(pattern: "^[0-9]{2}:[0-9]{2}:[0-9]{2}$", length: 8...8).described("dd:mm:yy")

    static let loginEmail = login(
        "Log in by e-mail address", ["email": .text(max: 254), "password": .password],
        example: ["email": "client@example.com", "password": "A good one 7"])

    static let loginPhone = login(
        "Log in by phone number", ["phone_number": .text(max: 40), "password": .password],
        example: ["phone_number": "+254712345678", "password": "A good one 7"])

    private static func login(
        _ summary: String, _ members: KeyValuePairs<String, Schema>, example: JSON
    ) -> Operation {
        .depannini(
            tag, summary, for: .everybody, body: .json(.object(members), example: example), answer: "Signed in",
            TokensView.example, refusals: [401, 403, 429, 503])
    }

    static let loginGoogle = Operation.depannini(
        tag, "Log in with Google", for: .everybody,
        description: """
            Registers a client who is new. An account with the same address is joined when its address is proven; else 409 \
            `EMAIL_TAKEN` asks for its `password`, once. 404 where it is not set up.
            """,
        body: .json(
            .object(["token": .secret(length: 0...4096), "password": .password], optional: ["password"]),
            example: ["token": "eyJhbGciOi…"]),
        answer: "Signed in", TokensView.example, refusals: [401, 403, 404, 409, 429, 503])

    static let verifyEmail = verify(
        "Prove one's e-mail address", ["email": .text(max: 254), "code": .code],
        example: ["email": "client@example.com", "code": "123456"])

    static let verifyPhone = verify(
        "Prove one's phone number", ["phone_number": .text(max: 40), "code": .code],
        example: ["phone_number": "+254712345678", "code": "123456"])

    private static func verify(
        _ summary: String, _ members: KeyValuePairs<String, Schema>, example: JSON
    ) -> Operation {
        .depannini(
            tag, summary, for: .everybody, body: .json(.object(members), example: example), answer: "Verified",
            DetailView.json(verified), refusals: [429])
    }

    static let passwordReset = Operation.depannini(
        tag, "Ask for a code that sets a new password", for: .everybody,
        description: "The answer never tells whether there is such an account.",
        body: .json(.object(["email": .text(max: 254)]), example: ["email": "client@example.com"]),
        answer: "Heard", DetailView.json(codeMayBeOnItsWay), refusals: [429])

    static let passwordConfirm = Operation.depannini(
        tag, "Set a new password by its code", for: .everybody,
        description: "Ends every session of the account. The code serves once, within ten minutes and five tries.",
        body: .json(
            .object([
                "email": .text(max: 254), "code": .code, "new_password": .newPassword,
                "new_password_confirm": .newPassword,
            ]),
            example: [
                "email": "client@example.com", "code": "123456", "new_password": "A better one 7",
                "new_password_confirm": "A better one 7",
            ]),
        answer: "Changed", DetailView.json(passwordChanged), refusals: [429, 503])

    static let resend = Operation.depannini(
        tag, "Ask for another code", for: .everybody,
        description:
            "By e-mail address, by phone number or, without either, by the token. The answer is always the same.",
        body: .json(
            .object(
                ["email": .optionalText(max: 254), "phone_number": .optionalText(max: 40)],
                optional: ["email", "phone_number"]),
            example: ["email": "client@example.com"]),
        answer: "Heard", DetailView.json(codeMayBeOnItsWay), refusals: [401, 403, 429])

    static let refresh = Operation.depannini(
        tag, "Go on with a session", for: .everybody,
        description: "Both tokens are new: the refresh token that was used serves no second time.",
        body: .json(.object(["refresh": .secret()]), example: ["refresh": "c3VjY2Vzc29y…"]),
        answer: "New tokens", TokensView.pairExample, refusals: [401, 403])
}
