import Roadside
import RoadsideRules
import RoadsideWeb

/// D14: over how many days the platform's work is judged.
struct DashboardQuery {
    let days: Int

    init(_ query: QueryFields) throws(RoadsideError) {
        var query = query
        days = query.optionalInt("days", in: Administration.days) ?? Administration.defaultDays
        try query.finish()
    }
}

/// D15: which accounts.
struct UsersQuery {
    static let perPage = 20

    let page: PageRequest
    let filter: AccountFilter

    init(_ query: QueryFields) throws(RoadsideError) {
        var query = query
        page = query.page(perPage: Self.perPage)
        var filter = AccountFilter()
        if let word = query.optionalText("user_type", max: 40) {
            filter.role = FixOnCallWords.role(userType: word)
            if filter.role == nil {
                query.issue("user_type", "must be one of \(FixOnCallWords.userTypes.joined(separator: ", "))")
            }
        }
        if let word = query.optionalText("is_active", max: 10) {
            filter.isActive = Self.flags[word]
            if filter.isActive == nil { query.issue("is_active", "must be true or false") }
        }
        if let word = query.optionalText("contact_verified", max: 10) {
            filter.isContactVerified = Self.flags[word]
            if filter.isContactVerified == nil { query.issue("contact_verified", "must be true or false") }
        }
        filter.search = query.optionalText("search")
        try query.finish()
        self.filter = filter
    }

    /// A query has only text: the words, and the digits that older clients write.
    private static let flags = ["true": true, "1": true, "false": false, "0": false]
}

/// D16: to which side; absent means to the other one.
struct ToggleBody {
    let isActive: Bool?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        isActive = fields.optionalBool("is_active")
        try fields.finish()
    }
}

/// Decision 20: why a mechanic is not approved. He reads it himself.
struct RejectionBody {
    let reason: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        reason = fields.text("reason", max: 500)
        try fields.finish()
    }
}
