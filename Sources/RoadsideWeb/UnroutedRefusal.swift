/// What is said, to the client and in the log, of a request that the HTTP layer refuses before any route sees it.
public struct UnroutedRefusal: Sendable {
    public let code: String
    public let message: String

    /// - Parameter status: that of the answer.
    public init(status: Int) {
        (code, message) =
            switch status {
            case 408: ("REQUEST_TIMEOUT", "The request did not arrive in time.")
            case 431: ("HEADER_TOO_LARGE", "The header of the request is too large.")
            case 500...: ("SERVICE_UNAVAILABLE", "The server is busy.")
            default: ("MALFORMED_REQUEST", "The request is malformed.")
            }
    }
}
