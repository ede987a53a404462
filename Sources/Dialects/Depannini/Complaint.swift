import BSON
import Blueprint
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Roadside
import RoadsideRules
import RoadsideWeb

/// A refusal in this dialect. The document prints none, so they look as its clients know them from elsewhere: `detail` says
/// it to people, `errors` has the messages of each field, and `code` is stable (K8, K9).
struct Complaint {
    let code: String
    let status: HTTPResponse.Status
    let detail: String
    var fields: [FieldIssue] = []
    var facts: [(String, JSON)] = []
    var retryAfter: Int?

    /// Only what B32 lists, where there is a choice: what a code did not prove is a conflict with the state of the job.
    private static let statuses = ErrorStatus(overriding: [
        .otpRequired: .conflict, .otpInvalid: .conflict, .idempotencyKeyReused: .conflict,
    ])

    init(_ error: RoadsideError) {
        code = error.code.rawValue
        status = Self.statuses[error.code]
        detail = error.message
        fields = error.fields.map { FieldIssue(name: DepanniniWords.field($0.name), message: $0.message) }
        facts = error.details.filter { $0.0 != "retry_after" }.map(Self.inOurWords)
        // The number of the assistance that is open already (K46).
        if error.code == .openJobExists { facts = facts.map { ($0.0 == "number" ? "open_id" : $0.0, $0.1) } }
        retryAfter = error.retryAfter
    }

    /// What the router and the readers of the web layer refuse.
    init(_ error: any HTTPResponseError) {
        status = error.status
        switch error.status {
        case .notFound: (code, detail) = ("NOT_FOUND", "Not found.")
        case .methodNotAllowed: (code, detail) = ("METHOD_NOT_ALLOWED", "This address does not take this method.")
        case .contentTooLarge: (code, detail) = ("PAYLOAD_TOO_LARGE", "The body is too large.")
        case .unsupportedMediaType: (code, detail) = ("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json.")
        case .upgradeRequired:
            (code, detail) = ("UPGRADE_REQUIRED", "This address speaks WebSocket, on a new connection.")
        default: (code, detail) = ("MALFORMED_REQUEST", "The request is malformed.")
        }
    }

    static let unexpected = Complaint(RoadsideError(.internalError, "Something went wrong on our side."))

    func json(requestID: String?) -> JSON {
        var json: JSON = ["detail": .string(detail), "code": .string(code)]
        if !fields.isEmpty { json.add("errors", errors) }
        for (name, value) in facts where json[name] == nil { json.add(name, value) }
        if let retryAfter { json.add("retry_after", .int(Int64(retryAfter))) }
        if let requestID { json.add("request_id", .string(requestID)) }
        return json
    }

    /// Each field once, with all that is said of it.
    private var errors: JSON {
        var names: [String] = []
        for field in fields where !names.contains(field.name) { names.append(field.name) }
        return .object(
            names.map { name in
                JSON.Member(name, .array(fields.filter { $0.name == name }.map { .string($0.message) }))
            })
    }

    /// Statuses in the client's words: those he may ask for next, and where the job stands (K4).
    private static func inOurWords(_ fact: (String, JSON)) -> (String, JSON) {
        switch fact.0 {
        case "legal_next":
            (fact.0, JSON((fact.1.array ?? []).compactMap(status).compactMap { DepanniniWords.command($0) }))
        case "status": (fact.0, JSON(status(fact.1).map(DepanniniWords.status)))
        default: fact
        }
    }

    private static func status(_ json: JSON) -> JobStatus? { json.string.flatMap(JobStatus.init(rawValue:)) }
}

extension Complaint {
    private func response(_ context: WebContext) -> Response {
        var headers: HTTPFields = [:]
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        return JSONResponse(json(requestID: context.requestID), status: status, headers: headers).response
    }

    /// The answer to a request that our contexts refuse; what clients do not see of the reason goes to the log.
    static func refuse(_ error: RoadsideError, _ request: Request, _ context: WebContext) -> Response {
        let complaint = Complaint(error)
        context.note(refusal: complaint.code)
        if complaint.status.kind == .serverError || error.underlying != nil {
            context.logger.error(
                "A request failed",
                metadata: ["code": "\(complaint.code)", "underlying": "\(error.underlying ?? error.message)"])
        }
        return complaint.response(context)
    }

    /// Answers every error below `blueprint` in this shape.
    static func answerErrors(in blueprint: inout Blueprint<WebContext>) {
        blueprint.onError(RoadsideError.self) { error, request, context in refuse(error, request, context) }
        let refusals: [HTTPResponse.Status] = [
            .badRequest, .notFound, .methodNotAllowed, .contentTooLarge, .unsupportedMediaType, .upgradeRequired,
        ]
        for status in refusals {
            blueprint.onError(status) { error, _, context in
                guard let refusal = error as? any HTTPResponseError else { throw error }
                let complaint = Complaint(refusal)
                context.note(refusal: complaint.code)
                return complaint.response(context)
            }
        }
        blueprint.onError(.internalServerError) { _, _, context in unexpected.response(context) }
    }

    /// The refusal of a registration, as documents show it.
    static let example: JSON = Complaint(
        .validation([FieldIssue(name: "driving_license_expiry", message: "This licence has expired.")])
    ).json(requestID: "65a50b2c9f1d4e0012345678")

    /// A refusal without fields.
    static let plainExample: JSON = Complaint(.notFound("Assistance")).json(requestID: "65a50b2c9f1d4e0012345678")
}
