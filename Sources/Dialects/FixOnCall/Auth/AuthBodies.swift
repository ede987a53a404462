import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// D1: a newcomer. `user_type` decides which of the further fields count.
struct RegisterBody {
    let registration: Registration

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let work = WorkBody(&fields)
        registration = Registration(
            email: fields.text("email", max: 254), password: fields.secret("password"), name: fields.text("name"),
            phone: fields.text("phone", "phone_number", max: 40), role: Self.role(&fields), vehicle: fields.vehicle(),
            specializations: work.specialization ?? fields.optionalText("service_type").map { [$0] } ?? [],
            fuelTypes: work.fuelTypes ?? [],
            experienceYears: work.experienceYears,
            serviceRadiusKm: work.serviceRadiusKm, location: fields.optionalObject("location") { $0.point() } ?? nil,
            bootstrapToken: fields.optionalSecret("bootstrap_token"))
        try fields.finish()
    }

    private static func role(_ fields: inout Fields) -> Role {
        let word = fields.text("user_type", max: 40)
        if let role = FixOnCallWords.role(userType: word) ?? FixOnCallWords.strayNewcomer(word) { return role }
        if !word.isEmpty {
            fields.issue("user_type", "must be one of \(FixOnCallWords.userTypes.joined(separator: ", "))")
        }
        return .customer
    }
}

/// The working side of a mechanic, wherever it may be told.
struct WorkBody {
    let specialization: [String]?
    let fuelTypes: [String]?
    let experienceYears: Int?
    let serviceRadiusKm: Double?

    init(_ fields: inout Fields) {
        specialization = fields.optionalTexts("specialization")
        fuelTypes = fields.optionalTexts("fuel_types")
        experienceYears = fields.optionalInt("experience_years")
        serviceRadiusKm = fields.optionalNumber("service_radius_km")
    }
}

/// D2: an e-mail address or a phone number, and the password.
struct LoginBody {
    enum Identity {
        case email(String)
        case phone(String)
    }

    let identity: Identity
    let password: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        password = fields.secret("password")
        if !fields.has("email"), fields.has("phone") || fields.has("phone_number") {
            identity = .phone(fields.text("phone", "phone_number", max: 40))
        } else {
            identity = .email(fields.text("email", max: 254))
            // A phone beside it decides nothing, and is a text all the same.
            _ = fields.optionalText("phone", "phone_number", max: 40)
        }
        try fields.finish()
    }
}

/// D4, and `PUT /api/mechanics/me`: what is absent stays as it is.
struct ProfileBody {
    let change: ProfileChange

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let work = WorkBody(&fields)
        change = ProfileChange(
            name: fields.optionalText("name"), phone: fields.optionalText("phone", "phone_number", max: 40),
            vehicle: fields.vehicle(), specializations: work.specialization, fuelTypes: work.fuelTypes,
            experienceYears: work.experienceYears,
            serviceRadiusKm: work.serviceRadiusKm, isAvailable: fields.optionalBool("is_available"),
            location: fields.optionalObject("location") { $0.point() } ?? nil, photo: fields.photo())
        try fields.finish()
    }
}

/// A token of Google, with the password where an account of ours is to be joined to it.
struct GoogleBody {
    let token: String
    let nonce: String?
    let password: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        token = fields.secret("id_token", "token", max: 4096)
        nonce = fields.optionalSecret("nonce")
        password = fields.optionalSecret("password")
        try fields.finish()
    }
}

extension Fields {
    /// An uploaded photo, or `null` for none; nothing when the member is absent.
    fileprivate mutating func photo() -> PhotoChange? {
        guard mentions("photo_upload_id") else { return nil }
        guard has("photo_upload_id") else { return .remove }
        return upload("photo_upload_id").map(PhotoChange.use)
    }
}

/// F7: the token to go on with.
struct RefreshBody {
    let refreshToken: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        refreshToken = fields.secret("refresh_token")
        try fields.finish()
    }
}

/// F7: ends the session of the access token, and the named one should it be another.
struct LogoutBody {
    let refreshToken: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        refreshToken = fields.optionalSecret("refresh_token")
        try fields.finish()
    }
}

/// F7: an address and the code that was sent to it.
struct VerificationBody {
    let address: String
    let code: String

    /// - Parameter names: of the member that holds the address.
    init(_ fields: Fields, email: Bool) throws(RoadsideError) {
        var fields = fields
        address = email ? fields.text("email", max: 254) : fields.text("phone", "phone_number", max: 40)
        code = fields.text("code", max: 20)
        try fields.finish()
    }
}

/// F7: where a new code shall go; nil means to the caller.
struct ResendBody {
    let address: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        address = fields.optionalAddress()
        try fields.finish()
    }
}

extension Fields {
    /// D27's `vehicle_info`.
    mutating func vehicle() -> VehicleFacts? {
        optionalObject("vehicle_info") { fields in
            VehicleFacts(
                make: fields.text("make", max: 60), model: fields.text("model", max: 60),
                year: fields.optionalInt("year", in: VehicleDraft.years),
                licensePlate: fields.optionalText("license_plate", max: 60) ?? "")
        }
    }
}

extension Fields {
    /// An e-mail address or a phone number, whichever is there.
    mutating func optionalAddress() -> String? {
        let email = optionalText("email", max: 254)
        let phone = optionalText("phone", "phone_number", max: 40)
        return email ?? phone
    }

    /// As ``optionalAddress()``; empty only together with an issue.
    mutating func address() -> String {
        let before = issues.count
        if let address = optionalAddress() { return address }
        if issues.count == before { issue("email", "is required, or a phone") }
        return ""
    }
}
