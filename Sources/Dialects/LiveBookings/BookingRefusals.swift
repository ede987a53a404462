import BSON
import Blueprint
import HTTPTypes
import Hummingbird
import Roadside
import RoadsideWeb

/// Refused connections: `{"success":false,"message":…}` with the documented texts (promise E10).
enum BookingRefusals {
    static let invalidToken = "Invalid or expired token."
    static let malformed = "Malformed WebSocket request."

    /// Renders every error below `/ws` that this dialect answers for.
    static func record(in blueprint: inout Blueprint<WebContext>) {
        blueprint.onError(RoadsideError.self) { error, _, context in
            context.note(refusal: error.code.rawValue)
            let status = ErrorStatus.status(of: error.code)
            switch error.code {
            case .invalidToken: return answer(status, invalidToken)
            case .malformedBody, .malformedRequest, .validation: return answer(.badRequest, malformed)
            default:
                return answer(status, error.message, headers: error.retryAfter.map { [.retryAfter: String($0)] } ?? [:])
            }
        }
        blueprint.onError(.badRequest) { _, _, _ in answer(.badRequest, malformed) }
        blueprint.onError(.notFound) { _, _, _ in answer(.notFound, "There is no such socket.") }
        blueprint.onError(.methodNotAllowed) { error, _, _ in
            let headers = (error as? HTTPError)?.headers ?? [:]
            return answer(.methodNotAllowed, malformed, headers: headers)
        }
        blueprint.onError(.upgradeRequired) { error, _, _ in
            let headers = (error as? HTTPError)?.headers ?? [:]
            return answer(.upgradeRequired, malformed, headers: headers)
        }
        blueprint.onError(.internalServerError) { _, _, _ in
            answer(.internalServerError, "The server could not open the socket.")
        }
    }

    private static func answer(_ status: HTTPResponse.Status, _ message: String, headers: HTTPFields = [:]) -> Response
    {
        JSONResponse(json(message), status: status, headers: headers).response
    }

    static func json(_ message: String) -> JSON {
        ["success": false, "message": .string(message)]
    }
}
