import BSON
import Blueprint
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Realtime
import Roadside
import RoadsideRules
import RoadsideWeb

/// A refusal in this dialect: `{"error": …}` in REST and before an upgrade (A4), `{"type":"error","message": …}` on sockets
/// (K40). `code` beside it is stable, `fields` names what was wrong (K8, K9).
struct TripRefusal {
    let code: String
    let status: HTTPResponse.Status
    let message: String
    var fields: [FieldIssue] = []
    var retryAfter: Int?

    /// What was understood and proves nothing is a conflict with the state of the trip; 422 is no status of this dialect.
    private static let statuses = ErrorStatus(overriding: [
        .otpRequired: .conflict, .otpInvalid: .conflict, .idempotencyKeyReused: .conflict,
    ])

    init(_ error: RoadsideError) {
        code = error.code.rawValue
        status = Self.statuses[error.code]
        message = TootaWords.sentence(error.message)
        fields = error.fields.map {
            FieldIssue(name: TootaWords.field($0.name), message: TootaWords.sentence($0.message))
        }
        retryAfter = error.retryAfter
    }

    /// What the router and the readers of the web layer refuse.
    init(_ error: any HTTPResponseError) {
        status = error.status
        switch error.status {
        case .notFound: (code, message) = ("NOT_FOUND", "Not found.")
        case .methodNotAllowed: (code, message) = ("METHOD_NOT_ALLOWED", "This address does not take this method.")
        case .contentTooLarge: (code, message) = ("PAYLOAD_TOO_LARGE", "The body is too large.")
        case .unsupportedMediaType: (code, message) = ("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json.")
        case .upgradeRequired:
            (code, message) = ("UPGRADE_REQUIRED", "This address speaks WebSocket, on a new connection.")
        default: (code, message) = ("MALFORMED_REQUEST", "The request is malformed.")
        }
    }

    static let unexpected = TripRefusal(RoadsideError(.internalError, "Something went wrong on our side."))

    var json: JSON { completed(["error": .string(message)]) }

    /// On a socket, where one sentence has to say it all.
    var frame: JSON {
        let sentence = fields.first.map { "\(message) \($0.name): \($0.message)" } ?? message
        return completed(["type": "error", "message": .string(sentence)])
    }

    private func completed(_ json: JSON) -> JSON {
        var json = json.adding("code", .string(code))
        if !fields.isEmpty {
            json.add("fields", .array(fields.map { ["name": .string($0.name), "message": .string($0.message)] }))
        }
        if let retryAfter { json.add("retry_after", .int(Int64(retryAfter))) }
        return json
    }

    /// For every socket of the dialect.
    static func encoded(_ error: RoadsideError) -> EncodedFrame { EncodedFrame(TripRefusal(error).frame) }

    /// The document's own, and one with fields, as documents show them.
    static let example: JSON = TripRefusal(.notFound("Trip")).json
    static let fieldExample: JSON = TripRefusal(
        .validation([FieldIssue(name: "status", message: "is required")])
    ).json
    static let frameExample: JSON = TripRefusal(
        RoadsideError(.jobAlreadyTaken, "Somebody else has taken this job.")
    ).frame
}

extension TripRefusal {
    private func response(headers: HTTPFields = [:]) -> Response {
        var headers = headers
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        return JSONResponse(json, status: status, headers: headers).response
    }

    /// Answers every error below `blueprint` in this shape; what clients do not see of the reason goes to the log.
    static func answerErrors(in blueprint: inout Blueprint<WebContext>) {
        blueprint.onError(RoadsideError.self) { error, _, context in
            let refusal = TripRefusal(error)
            context.note(refusal: refusal.code)
            if refusal.status.kind == .serverError || error.underlying != nil {
                context.logger.error(
                    "A request failed",
                    metadata: ["code": "\(refusal.code)", "underlying": "\(error.underlying ?? error.message)"])
            }
            return refusal.response()
        }
        let refusals: [HTTPResponse.Status] = [
            .badRequest, .notFound, .methodNotAllowed, .contentTooLarge, .unsupportedMediaType, .upgradeRequired,
        ]
        for status in refusals {
            blueprint.onError(status) { error, _, context in
                guard let known = error as? any HTTPResponseError else { throw error }
                let refusal = TripRefusal(known)
                context.note(refusal: refusal.code)
                return refusal.response(headers: (error as? HTTPError)?.headers ?? [:])
            }
        }
        blueprint.onError(.internalServerError) { _, _, _ in unexpected.response() }
    }
}
