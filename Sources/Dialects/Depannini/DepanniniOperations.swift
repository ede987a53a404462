import BSON
import Blueprint
import RoadsideWeb

extension Operation {
    /// An operation of this dialect: bare answers, and refusals in its own shape.
    ///
    /// - Parameters:
    ///   - example: the answer; its schema is read off it.
    ///   - refusals: statuses beyond those that follow from access and body.
    static func depannini(
        _ tag: String, _ summary: String, for access: Access, description: String = "", query: [Parameter] = [],
        body: Content? = nil, status: Int = 200, answer meaning: String, _ example: JSON, refusals: Set<Int> = []
    ) -> Operation {
        var replies = [
            status: Reply(meaning, Depannini.views.schema(of: example), example: example)
        ]
        var body = body
        // A member that is null counts as absent.
        if let content = body { body?.schema = content.schema.withNullsForAbsent }
        var all = refusals
        switch access {
        case .everybody: break
        // Whoever has been switched off is told so, and who asks too often.
        case .signedIn, .only: all.formUnion([401, 403, 429])
        }
        if body != nil || !query.isEmpty { all.insert(400) }
        for refusal in all { replies[refusal] = Self.refusal(reason(refusal)) }
        return Operation(
            summary, description: description, tags: [tag], parameters: query, body: body, responses: replies,
            roles: access.roles)
    }

    static func refusal(_ meaning: String) -> Reply { Reply(meaning, .reference(Depannini.complaintSchema)) }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 400: "Malformed, or fields are missing or wrong"
        case 401: "No valid token, or wrong credentials"
        case 403: "Not allowed for this caller"
        case 404: "Not found, or somebody else's"
        case 409: "The state does not allow it"
        case 429: "Too many requests, or wrong tries"
        case 503: "Temporarily unavailable"
        default: "Refused"
        }
    }
}
