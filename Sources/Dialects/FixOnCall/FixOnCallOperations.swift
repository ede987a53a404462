import BSON
import Blueprint
import RoadsideRules
import RoadsideWeb

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
        var body = body
        // A member that is null counts as absent; a form has none.
        if let content = body, content.mediaType == "application/json" {
            body?.schema = content.schema.withNullsForAbsent
        }
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
            // Whoever has been switched off is told so, and who asks too often.
            case .signedIn, .only: [401, 403, 429]
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

    /// The shape that ``RoadsideRules/ContactRules/email(_:)`` takes.
    static let emailAddress: Schema = {
        let atom = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
        let label = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
        return string(
            pattern: "^(?=.{1,64}@)\(atom)([.]\(atom)){0,9}@(\(label)[.]){1,9}[a-zA-Z]{2,63}$", length: 6...254)
    }()

    /// The shape that ``RoadsideRules/ContactRules/phone(_:region:)`` takes, without the spaces and brackets that it
    /// leaves out.
    static let phoneNumber = string(
        pattern: "^([+](254[17][0-9]{8}|(?!254)[1-9][0-9]{7,14})|0[17][0-9]{8})$", length: 8...16
    ).described("+254712345678, or a national number of Kenya")

    /// Of which the commonest are refused as well.
    static let newPassword = secret(length: 8...128).described("8 to 128 characters")
    static let password = secret()
    static let code = text(max: 20)
    static let plate = string(pattern: "^ ?([A-Za-z0-9-] ?){2,12}$", length: 2...20)
    static let modelYear = integer(in: 1886...2200)

    /// A number between two bounds, both included.
    static func number(in range: ClosedRange<Double>) -> Schema {
        Schema(["type": "number", "minimum": .plain(range.lowerBound), "maximum": .plain(range.upperBound)])
    }

    static let latitude = number(in: -90...90)
    static let longitude = number(in: -180...180)
}
