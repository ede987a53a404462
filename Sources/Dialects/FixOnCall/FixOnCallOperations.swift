import BSON
import Blueprint
import RoadsideRules

/// Who may call a route. What is written here is what ``RoadsideWeb/BearerAuth`` enforces and what the documents print.
enum Access {
    case everybody
    case signedIn
    case only([Role])

    /// `nil` is everybody, empty is everybody who is signed in (``Blueprint/Operation``).
    var roles: [String]? {
        switch self {
        case .everybody: nil
        case .signedIn: []
        case .only(let roles): roles.map(\.rawValue)
        }
    }
}

extension Operation {
    /// An operation of this dialect: its answer in the success envelope, its refusals in the error envelope.
    ///
    /// - Parameters:
    ///   - example: `data` of the answer; its schema is read off it.
    ///   - refusals: statuses beyond those that follow from access and body.
    static func fixOnCall(
        _ tag: String, _ summary: String, for access: Access, description: String = "", query: [Parameter] = [],
        body: Content? = nil, status: Int = 200, message: String, data example: JSON, refusals: Set<Int> = []
    ) -> Operation {
        let answer = Envelope.json(message, example, at: .documented)
        var replies = [status: Reply(message, .shape(of: answer), example: answer)]
        for refusal in Self.refusals(access, hasInput: body != nil || !query.isEmpty).union(refusals) {
            replies[refusal] = Reply(reason(refusal), .reference(FixOnCall.problemSchema))
        }
        return Operation(
            summary, description: description, tags: [tag], parameters: query, body: body, responses: replies,
            roles: access.roles)
    }

    private static func refusals(_ access: Access, hasInput: Bool) -> Set<Int> {
        let byAccess: Set<Int> =
            switch access {
            case .everybody: []
            case .signedIn: [401, 429]
            case .only: [401, 403, 429]
            }
        return byAccess.union(hasInput ? [400, 422] : [])
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 400: "Malformed request"
        case 401: "No valid token"
        case 403: "Not allowed for this caller"
        case 404: "Not found, or somebody else's"
        case 409: "The state does not allow it"
        case 413: "Larger than is taken"
        case 415: "Not of a kind that is taken"
        case 416: "The file has no such part"
        case 422: "Fields are missing or wrong"
        case 429: "Too many requests, or wrong tries"
        case 503: "Temporarily unavailable"
        default: "Refused"
        }
    }
}

extension Schema {
    /// The schema an example follows; views of the catalogue by their names.
    static func shape(of example: JSON) -> Schema { FixOnCall.views.schema(of: example) }

    static let emailAddress = Schema.string(format: "email")

    /// A number between two bounds, both included.
    static func number(in range: ClosedRange<Double>) -> Schema {
        Schema(["type": "number", "minimum": .plain(range.lowerBound), "maximum": .plain(range.upperBound)])
    }

    static let latitude = number(in: -90...90)
    static let longitude = number(in: -180...180)
}
