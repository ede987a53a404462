import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// B15: where one is, by the long names.
struct UpdateLocationBody {
    let position: Position

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let point = fields.point()
        try fields.finish()
        guard let point else { throw .validation([FieldIssue(name: "latitude", message: "is required")]) }
        position = Position(point: point)
    }
}

/// B16: on duty or not (K16).
struct AssistantStatusBody {
    let isActive: Bool

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let isActive = fields.optionalBool("is_active")
        if isActive == nil, fields.issues.isEmpty { fields.issue("is_active", "is required") }
        try fields.finish()
        self.isActive = isActive ?? false
    }
}

/// B17: from where one looks, and whether at everybody (K43).
struct AssistantsQuery {
    let point: GeoPoint?
    let wantsAll: Bool
    let page: PageRequest

    init(_ query: QueryFields) throws(RoadsideError) {
        var query = query
        point = query.optionalPoint()
        let word = query.optionalText("all", max: 5) ?? "false"
        if !["true", "false"].contains(word) { query.issue("all", "must be true or false") }
        wantsAll = word == "true"
        page = query.page(perPage: 100)
        try query.finish()
    }
}
