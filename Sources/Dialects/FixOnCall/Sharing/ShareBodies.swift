import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: what a link shows, and for how long.
struct ShareBody {
    let scope: ShareScope
    let seconds: Int

    static let scopes = ShareScope.allCases.map(\.rawValue)

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let word = fields.text("scope", max: 40)
        let scope = ShareScope(rawValue: word)
        if scope == nil, !word.isEmpty {
            fields.issue("scope", "must be one of \(Self.scopes.joined(separator: ", "))")
        }
        seconds = fields.optionalInt("expires_in", in: ShareRules.seconds) ?? ShareRules.usualSeconds
        try fields.finish()
        guard let scope else { throw .validation([FieldIssue(name: "scope", message: "is required")]) }
        self.scope = scope
    }
}
