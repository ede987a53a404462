import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// Which lines of the audit log an admin wants to see.
struct AuditQuery {
    static let perPage = 50

    let page: PageRequest
    let filter: AuditFilter

    init(_ query: QueryFields) throws(RoadsideError) {
        var query = query
        page = query.page(perPage: Self.perPage)
        var filter = AuditFilter()
        filter.actor = query.optionalID("actor")
        filter.subject = query.optionalID("subject")
        if let word = query.optionalText("action", max: 60) {
            filter.action = FixOnCallWords.action(word)
            if filter.action == nil { query.issue("action", "is none of the actions") }
        }
        filter.since = query.optionalMoment("from")
        filter.until = query.optionalMoment("to")
        try query.finish()
        self.filter = filter
    }
}

extension QueryFields {
    /// An id or its UUID; what is asked for here has no number, or is not found by it.
    fileprivate mutating func optionalID(_ name: String) -> ObjectID? {
        guard let text = optionalText(name, max: 40) else { return nil }
        guard case .id(let id)? = Reference(text) else {
            issue(name, "must be an id")
            return nil
        }
        return id
    }

    fileprivate mutating func optionalMoment(_ name: String) -> Date? {
        guard let text = optionalText(name, max: 40) else { return nil }
        guard let moment = ISO8601.parse(text) else {
            issue(name, "must be a time such as 2024-01-15T10:30:00Z")
            return nil
        }
        return moment
    }
}
