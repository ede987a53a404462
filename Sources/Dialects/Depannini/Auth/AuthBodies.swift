import BSON
import Roadside
import RoadsideWeb

/// B4, B5: an address and its password.
struct LoginBody {
    let address: String
    let password: String

    init(_ fields: Fields, email: Bool) throws(RoadsideError) {
        var fields = fields
        address = fields.address(email: email)
        password = fields.secret("password")
        try fields.finish()
    }
}

/// B6: a token of Google; with the password where an account of ours is to be joined to it.
struct GoogleBody {
    let token: String
    let password: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        token = fields.secret("token", "id_token", max: 4096)
        password = fields.optionalSecret("password")
        try fields.finish()
    }
}

/// B7, B8: an address and the code that was sent to it.
struct VerifyBody {
    let address: String
    let code: String

    init(_ fields: Fields, email: Bool) throws(RoadsideError) {
        var fields = fields
        address = fields.address(email: email)
        code = fields.text("code", max: 20)
        try fields.finish()
    }
}

/// B9: whose password was forgotten.
struct PasswordResetBody {
    let email: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        email = fields.address(email: true)
        try fields.finish()
    }
}

/// B10: the code, and the password that shall count from now on.
struct PasswordConfirmBody {
    let email: String
    let code: String
    let password: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        email = fields.address(email: true)
        code = fields.text("code", max: 20)
        password = fields.secret("new_password")
        fields.confirm("new_password_confirm", password)
        try fields.finish()
    }
}

/// B11: where a new code shall go; nil means to the caller.
struct ResendBody {
    let address: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let email = fields.optionalText("email", max: 254)
        let phone = fields.optionalText("phone_number", "phone", max: 40)
        address = email ?? phone
        try fields.finish()
    }
}

/// B12: the token to go on with.
struct RefreshBody {
    let refresh: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        refresh = fields.secret("refresh")
        try fields.finish()
    }
}

extension Fields {
    fileprivate mutating func address(email: Bool) -> String {
        email ? text("email", max: 254) : text("phone_number", "phone", max: 40)
    }
}
