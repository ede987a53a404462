import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: a call for help in danger; everything may be absent.
struct EmergencyBody {
    let call: EmergencyCall

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        call = EmergencyCall(
            job: fields.optionalReference("service_id"),
            location: fields.optionalObject("location") { $0.point() } ?? nil,
            message: fields.optionalText("message", max: EmergencyRules.wordsLimit))
        try fields.finish()
    }
}

/// What staff say who look after one.
struct NoteBody {
    let note: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        note = fields.optionalText("note", max: EmergencyRules.wordsLimit)
        try fields.finish()
    }
}

/// Which alerts staff want to see.
struct EmergenciesQuery {
    let state: EmergencyState?
    let page: PageRequest

    init(_ query: QueryFields) throws(RoadsideError) {
        var query = query
        page = query.page()
        let word = query.optionalText("status")
        state = word.flatMap(EmergencyState.init(rawValue:))
        if word != nil, state == nil {
            query.issue("status", "must be one of \(EmergencyView.states.joined(separator: ", "))")
        }
        try query.finish()
    }
}

/// Whom somebody trusts.
struct TrustedContactBody {
    let name: String
    let phone: String?
    let email: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        name = fields.text("name", max: 100)
        phone = fields.optionalText("phone", "phone_number", max: 40)
        email = fields.optionalText("email", max: 254)
        if fields.issues.isEmpty, (phone == nil) == (email == nil) {
            fields.issue("phone", "give either phone or email")
        }
        try fields.finish()
    }
}
