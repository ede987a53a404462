import BSON
import Roadside
import RoadsideWeb

/// Whose password was forgotten.
struct ForgotPasswordBody {
    let address: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        address = fields.address()
        try fields.finish()
    }
}

/// An address, the code that was sent to it, and the password that shall count from now on.
struct ResetPasswordBody {
    let address: String
    let code: String
    let password: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        address = fields.address()
        code = fields.text("code", max: 20)
        password = fields.secret("password")
        try fields.finish()
    }
}

struct ChangePasswordBody {
    let current: String
    let new: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        current = fields.secret("current_password")
        new = fields.secret("new_password")
        try fields.finish()
    }
}
