import BSON
import Blueprint
import HTTPTypes
import Hummingbird
import Roadside
import RoadsideWeb

/// Refused connections, in the words of the dialect's errors: `{"type":"error","message":…}` (promise C8).
enum RideRefusals {
    static let invalidToken = "Invalid or expired token."
    static let malformed = "Malformed WebSocket request."
    static let tooManyGuests = RoadsideError.tooManyGuests.message
    static let foreignRole = "This socket is for passengers."

    /// Renders every error below the socket's path.
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
            answer(.methodNotAllowed, malformed, headers: (error as? HTTPError)?.headers ?? [:])
        }
        blueprint.onError(.upgradeRequired) { error, _, _ in
            answer(.upgradeRequired, malformed, headers: (error as? HTTPError)?.headers ?? [:])
        }
        blueprint.onError(.internalServerError) { _, _, _ in
            answer(.internalServerError, "The server could not open the socket.")
        }
    }

    private static func answer(_ status: HTTPResponse.Status, _ message: String, headers: HTTPFields = [:]) -> Response
    {
        JSONResponse(RideFrames.error(message), status: status, headers: headers).response
    }
}
