import BSON
import Blueprint
import Roadside
import RoadsideWeb

/// What the documents say of the routes under `/api/auth`.
extension AuthRoutes {
    static let tag = "Authentication"
    private static let me: JSON = ["user": UserView.example]

    static let register = Operation.fixOnCall(
        tag, "Register a driver or a mechanic", for: .everybody,
        description:
            "Admins and partners are not open to registration: 403, unless the one-time `bootstrap_token` is given.",
        body: .json(
            .object(
                [
                    "email": .emailAddress, "password": .newPassword, "name": .text(max: 100),
                    "phone": .phoneNumber,
                    "user_type": .string(oneOf: FixOnCallWords.userTypes), "vehicle_info": vehicle,
                    "specialization": words, "fuel_types": fuelTypes,
                    "experience_years": .integer(in: 0...80),
                    "service_radius_km": .number(in: 0.1...100), "location": position, "bootstrap_token": .secret(),
                ],
                optional: [
                    "vehicle_info", "specialization", "fuel_types", "experience_years", "service_radius_km", "location",
                    "bootstrap_token",
                ]),
            example: [
                "email": "driver@example.com", "password": "Test123!", "name": "John Driver", "phone": "+254712345678",
                "user_type": "driver",
                "vehicle_info": ["make": "Toyota", "model": "Premio", "year": 2020, "license_plate": "KBC123A"],
            ]),
        status: 201, message: "Registration successful.", data: SignInView.example, refusals: [403, 409, 503]
    ).leadingToProfile

    static let login = Operation.fixOnCall(
        tag, "Log in by e-mail address or phone number", for: .everybody,
        body: .json(
            .object(["email": email, "phone": phone, "password": .password], optional: ["email", "phone"])
                .needingOne(of: "email", "phone"),
            example: ["email": "driver@example.com", "password": "Test123!"]),
        message: "Login successful.", data: SignInView.example, refusals: [401, 403, 429, 503])

    static let google = Operation.fixOnCall(
        tag, "Log in with Google", for: .everybody,
        description: """
            Registers a driver who is new. An account with the same address is joined at once when its address is proven and \
            Google gives out such addresses; else 409 `EMAIL_TAKEN` asks for its `password`, once. 404 where it is not set up.
            """,
        body: .json(
            .object(
                [
                    "id_token": .secret(length: 0...4096),
                    "nonce": Schema.secret().described("that of the token, where it has one"), "password": .password,
                ], optional: ["nonce", "password"]),
            example: ["id_token": "eyJhbGciOi…"]),
        message: "Login successful.", data: SignInView.example, refusals: [401, 403, 404, 409, 429, 503])

    static let profile = Operation.fixOnCall(
        tag, "One's own profile", for: .signedIn, message: "Profile retrieved.", data: me)

    static let updateProfile = Operation.fixOnCall(
        tag, "Change one's own profile", for: .signedIn,
        description: "What is absent stays as it is. Another phone takes the way of `/api/auth/change-address`.",
        body: .json(profileBody, example: ["name": "John Driver"]),
        message: "Profile updated.", data: me, refusals: [409])

    static let refresh = Operation.fixOnCall(
        tag, "Go on with a session", for: .everybody,
        description:
            """
            The refresh token is replaced at every use. Using an old one again ends the session, but for the one replaced \
            last: within 30 seconds the same device is given the same successor again, should the answer have been lost.
            """,
        query: [
            Operation.Parameter(
                DeviceBinding.header, in: .header, .string,
                "Names the device, alike in every request, by its first 128 characters; without it the `User-Agent` does."
            )
        ],
        body: .json(.object(["refresh_token": .secret()]), example: ["refresh_token": "c3VjY2Vzc29y…"]),
        message: "Token refreshed.", data: SignInView.example, refusals: [401])

    static let logout = Operation.fixOnCall(
        tag, "End this session", for: .signedIn,
        body: .json(
            .object(["refresh_token": .secret()], optional: ["refresh_token"]),
            example: ["refresh_token": "c3VjY2Vzc29y…"]),
        message: "Logged out.", data: [:])

    static let logoutAll = Operation.fixOnCall(
        tag, "End every session of this account", for: .signedIn, message: "Logged out everywhere.", data: [:])

    static let verifyEmail = verification(
        "e-mail address", .object(["email": .text(max: 254), "code": .code]),
        example: ["email": "driver@example.com", "code": "123456"])
    static let verifyPhone = verification(
        "phone number", .object(["phone": .text(max: 40), "code": .code]),
        example: ["phone": "+254712345678", "code": "123456"])

    static let resend = Operation.fixOnCall(
        tag, "Send a new verification code", for: .everybody,
        description:
            "To the address given or, with a token alone, to the caller. The answer never tells whether it exists.",
        body: .json(
            .object(["email": email, "phone": phone], optional: ["email", "phone"]),
            example: ["email": "driver@example.com"]),
        status: 202, message: "If this address is waiting for a code, a new one is on its way.", data: [:],
        refusals: [401, 429])

    private static func verification(_ what: String, _ body: Schema, example: JSON) -> Operation {
        .fixOnCall(
            tag, "Prove the \(what) by its code", for: .everybody, body: .json(body, example: example),
            message: "Verified.", data: ["is_verified": true], refusals: [429])
    }

    static let vehicle = Schema.object(
        [
            "make": .text(max: 60), "model": .text(max: 60), "year": .modelYear,
            "license_plate": .optionalText(max: 60),
        ],
        optional: ["year", "license_plate"])
    static let position = Schema.object(["latitude": .latitude, "longitude": .longitude])

    /// Where either of the two will do; what they are is not asked before one of them is looked up.
    static let email = Schema.optionalText(max: 254)
    static let phone = Schema.optionalText(max: 40)

    static let words = Schema.array(of: .text(max: 60), count: 0...20)
    static let fuelTypes = Schema.array(of: .text(max: 60), count: 0...30).described(
        "codes of /api/fuel/prices that a mechanic carries; none stands for all of them")

    static let profileBody = Schema.object(
        [
            "name": .optionalText(max: 100), "phone": phone, "vehicle_info": vehicle, "specialization": words,
            "fuel_types": fuelTypes, "experience_years": .integer(in: 0...80),
            "service_radius_km": .number(in: 0.1...100), "is_available": .boolean, "location": position,
            "photo_upload_id": Schema.fileID.nullable.described("of a `profile_photo`; `null` for none"),
        ],
        optional: [
            "photo_upload_id", "name", "phone", "vehicle_info", "specialization", "fuel_types", "experience_years",
            "service_radius_km",
            "is_available", "location",
        ])
}
