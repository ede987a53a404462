import Roadside
import RoadsideRules
import RoadsideWeb

/// Whom to invite, and as what.
struct StaffInvitationBody {
    /// In the order of their words.
    static let roles = InvitationRules.roles.map(FixOnCallWords.userType).sorted()

    let email: String
    let role: Role

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        email = fields.text("email", max: 254)
        let word = fields.text("role", max: 40)
        let role = FixOnCallWords.role(userType: word).flatMap { InvitationRules.roles.contains($0) ? $0 : nil }
        if role == nil, !word.isEmpty { fields.issue("role", "must be one of \(Self.roles.joined(separator: ", "))") }
        try fields.finish()
        // Without a role there was an issue.
        self.role = role ?? .partner
    }
}

/// Which invitations an admin wants to see.
struct InvitationsQuery {
    static let perPage = 20

    let page: PageRequest
    let state: InvitationState?

    init(_ query: QueryFields) throws(RoadsideError) {
        var query = query
        page = query.page(perPage: Self.perPage)
        let word = query.optionalText("status", max: 40)
        state = word.flatMap(InvitationState.init(rawValue:))
        if word != nil, state == nil {
            let words = InvitationState.allCases.map(\.rawValue).joined(separator: ", ")
            query.issue("status", "must be one of \(words)")
        }
        try query.finish()
    }
}

/// What somebody who was invited says of himself.
struct AcceptanceBody {
    let token: String
    let name: String
    let password: String
    let phone: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        token = fields.secret("token", max: 200)
        name = fields.text("name", max: 100)
        password = fields.secret("password", max: 1024)
        phone = fields.optionalText("phone", max: 40)
        try fields.finish()
    }
}
