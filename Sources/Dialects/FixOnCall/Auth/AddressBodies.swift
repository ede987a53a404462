import BSON
import Roadside
import RoadsideWeb

/// An address that shall be the caller's, and his password.
struct ChangeAddressBody {
    let address: String
    let password: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        address = fields.address()
        if fields.has("email"), !address.isEmpty, !address.contains("@") {
            fields.issue("email", "must be an e-mail address")
        }
        password = fields.secret("password")
        try fields.finish()
    }
}

/// The same address and the code that was sent to it.
struct ConfirmAddressBody {
    let address: String
    let code: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        address = fields.address()
        code = fields.text("code", max: 20)
        try fields.finish()
    }
}
