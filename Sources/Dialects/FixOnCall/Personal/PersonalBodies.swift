import BSON
import Roadside
import RoadsideWeb

/// Leaving for good, which the password has to say once more.
struct EraseBody {
    let password: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        password = fields.secret("password")
        try fields.finish()
    }
}
