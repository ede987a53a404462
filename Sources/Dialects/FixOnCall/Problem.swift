import BSON
import Blueprint
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Roadside
import RoadsideRules
import RoadsideWeb

/// What every refusal is wrapped in: D31's `success, error, message, code, timestamp`, and beside them the members of
/// RFC 9457, field issues and the request id (domain §4.8).
struct Problem {
    let code: String
    let status: HTTPResponse.Status
    let message: String
    var fields: [FieldIssue] = []
    var details: [(String, JSON)] = []
    var retryAfter: Int?
    /// What the status demands besides.
    var headers: HTTPFields = [:]

    /// 422 for what was understood and is wrong, as D32 has it (K10).
    private static let statuses = ErrorStatus(overriding: [.validation: .unprocessableContent])

    init(_ error: RoadsideError) {
        code = error.code.rawValue
        status = Self.statuses[error.code]
        message = error.message
        fields = error.fields.map { FieldIssue(name: FixOnCallWords.field($0.name), message: $0.message) }
        details = error.details.filter { $0.0 != "retry_after" }.map(Self.inOurWords)
        retryAfter = error.retryAfter
    }

    /// What the router and the readers of the web layer refuse.
    init(_ error: any HTTPResponseError, path: String) {
        status = error.status
        headers = status == .rangeNotSatisfiable ? (error as? HTTPError)?.headers ?? [:] : [:]
        switch error.status {
        case .notFound: (code, message) = ("NOT_FOUND", "There is nothing at \(path).")
        case .methodNotAllowed: (code, message) = ("METHOD_NOT_ALLOWED", "This address does not take this method.")
        case .contentTooLarge: (code, message) = ("PAYLOAD_TOO_LARGE", "The body is too large.")
        case .unsupportedMediaType:
            (code, message) = ("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json.")
        case .rangeNotSatisfiable: (code, message) = ("RANGE_NOT_SATISFIABLE", "The file has no such part.")
        case .upgradeRequired:
            (code, message) = ("UPGRADE_REQUIRED", "This address speaks WebSocket, on a new connection.")
        default: (code, message) = ("MALFORMED_REQUEST", "The request is malformed.")
        }
    }

    static let unexpected = Problem(RoadsideError(.internalError, "Something went wrong on our side."))

    func response(to request: Request, _ context: WebContext) -> Response {
        var headers = headers
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        if status == .preconditionFailed, let version = details.last(where: { $0.0 == "version" })?.1.int {
            headers[.eTag] = EntityTag(version: version).text
        }
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        let json = json(
            instance: FixOnCall.secretPaths.hidden(request.uri.path), requestID: context.requestID, at: Date())
        return JSONResponse(json, status: status, headers: headers).response
    }

    func json(instance: String, requestID: String, at time: Date) -> JSON {
        let title = Self.title(code)
        var json: JSON = [
            "success": false, "error": .string(title), "message": .string(message), "code": .string(code),
            "timestamp": .time(time), "type": .string("urn:fixoncall:problem:\(code)"), "title": .string(title),
            "status": .int(Int64(status.code)), "detail": .string(message), "instance": .string(instance),
            "fields": .array(fields.map { ["name": .string($0.name), "message": .string($0.message)] }),
            "request_id": .string(requestID), "retry_after": JSON(retryAfter),
        ]
        for (name, value) in details where json[name] == nil { json.add(name, value) }
        return json
    }

    /// `JOB_ALREADY_TAKEN` is “Job already taken”.
    static func title(_ code: String) -> String {
        let words = code.lowercased().replacing("_", with: " ").replacing("otp", with: "OTP")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Statuses of a refused command in the client's words: those he may ask for next (K4), and where the job stands.
    private static func inOurWords(_ detail: (String, JSON)) -> (String, JSON) {
        switch detail.0 {
        case "legal_next":
            (detail.0, JSON((detail.1.array ?? []).compactMap(status).compactMap(FixOnCallWords.command)))
        // `status` is the number of the HTTP status here.
        case "status": ("job_status", JSON(status(detail.1).map(FixOnCallWords.status)))
        default: detail
        }
    }

    private static func status(_ json: JSON) -> JobStatus? { json.string.flatMap(JobStatus.init(rawValue:)) }
}

extension Problem {
    /// The statuses with which the router and the readers refuse.
    private static let refusals: [HTTPResponse.Status] = [
        .badRequest, .notFound, .methodNotAllowed, .contentTooLarge, .unsupportedMediaType, .rangeNotSatisfiable,
        .upgradeRequired,
    ]

    /// The answer to a request that our contexts refuse; what clients do not see of the reason goes to the log.
    static func refuse(_ error: RoadsideError, _ request: Request, _ context: WebContext) -> Response {
        let problem = Problem(error)
        context.note(refusal: problem.code)
        if problem.status.kind == .serverError || error.underlying != nil {
            context.logger.error(
                "A request failed",
                metadata: ["code": "\(problem.code)", "underlying": "\(error.underlying ?? error.message)"])
        }
        return problem.response(to: request, context)
    }

    /// Answers every error below `blueprint` in the envelope.
    static func answerErrors(in blueprint: inout Blueprint<WebContext>) {
        blueprint.onError(RoadsideError.self) { error, request, context in refuse(error, request, context) }
        for status in refusals {
            blueprint.onError(status) { error, request, context in
                guard let refusal = error as? any HTTPResponseError else { throw error }
                let problem = Problem(refusal, path: FixOnCall.secretPaths.hidden(request.uri.path))
                context.note(refusal: problem.code)
                return problem.response(to: request, context)
            }
        }
        blueprint.onError(.internalServerError) { _, request, context in
            unexpected.response(to: request, context)
        }
    }
}

extension Problem {
    /// The refusal of a registration, as documents show it.
    static let example: JSON = Problem(
        .validation([FieldIssue(name: "email", message: "This is not an e-mail address.")])
    ).json(instance: "/api/auth/register", requestID: "65a50b2c9f1d4e0012345678", at: .documented)
}
