import BSON
import Blueprint
import RoadsideRules
import RoadsideWeb

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
        // A value that is empty counts as absent.
        let query = query.map { parameter in
            var parameter = parameter
            parameter.allowsEmpty = parameter.place == .query && !parameter.required
            return parameter
        }
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

    /// The same, leading on to what can be done with the thing that its answer shows under `member`.
    ///
    /// - Parameters:
    ///   - endpoints: Routes whose path takes its `id`.
    ///   - member: Of `data`.
    func leading(to endpoints: String..., by member: String) -> Operation {
        var operation = self
        operation.links += endpoints.map { Link(to: $0, ["id": .answer("/data/\(member)/id")]) }
        return operation
    }

    /// Leads on to the account of whoever has just signed in.
    var leadingToProfile: Operation {
        var operation = self
        operation.links.append(Link(to: "\(FixOnCall.name).auth.profile"))
        return operation
    }

    /// Leads on from a service that has just been opened, in whichever part of this dialect.
    var leadingToService: Operation {
        leading(
            to: "\(FixOnCall.name).services.service", "\(FixOnCall.name).services.timeline",
            "\(FixOnCall.name).services.assign", "\(FixOnCall.name).services.accept",
            "\(FixOnCall.name).services.decline", "\(FixOnCall.name).services.cancel", by: "service")
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

    static let timeOfDay = string(pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$", length: 5...5).described("`HH:MM`")
    /// As a query has it: in words, or in the digits that older clients write.
    static let flag = anyOf([.boolean, Schema(["enum": [0, 1]])])
}
