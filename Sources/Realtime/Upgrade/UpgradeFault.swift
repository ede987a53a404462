public import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Why an upgrade request is refused before anyone is asked who sends it.
public enum UpgradeFault: String, Sendable, CaseIterable {
    /// Not GET (RFC 6455 §4.1).
    case method
    /// Below HTTP/1.1.
    case httpVersion
    /// `Connection` does not name `upgrade`.
    case connection
    /// `Sec-WebSocket-Version` is not 13.
    case version
    /// `Sec-WebSocket-Key` is not one base64 value of 16 bytes.
    case key
    /// The handshake brings a body, which no client of RFC 6455 sends; waiting for its end could be long.
    case body
    /// The server has no place for another socket.
    case overloaded
    /// Handshakes of this address have failed too often.
    case tooManyFailures
    /// The server is going down.
    case shuttingDown
    /// No decision came in time.
    case undecided

    /// The status which fits; a responder may choose another.
    public var status: HTTPResponse.Status {
        switch self {
        case .method, .httpVersion, .connection, .key, .body: .badRequest
        case .version: .upgradeRequired
        case .tooManyFailures: .tooManyRequests
        case .overloaded, .shuttingDown, .undecided: .serviceUnavailable
        }
    }

    var responseStatus: HTTPResponseStatus { HTTPResponseStatus(statusCode: status.code) }

    /// Fields which the refusal carries in any case.
    public var headers: HTTPFields {
        switch self {
        case .method, .httpVersion, .connection, .key, .body: [:]
        case .version: [.upgrade: "websocket", .secWebSocketVersion: "13"]
        case .overloaded, .tooManyFailures, .shuttingDown, .undecided: [.retryAfter: "5"]
        }
    }

    /// A sentence for the client.
    public var message: String {
        switch self {
        case .method, .httpVersion, .connection, .key, .body: "Malformed WebSocket request."
        case .version: "Unsupported WebSocket version."
        case .overloaded: "Too many connections."
        case .tooManyFailures: "Too many failed attempts."
        case .shuttingDown: "The server is restarting."
        case .undecided: "The server is busy."
        }
    }

    /// The refusal of a server without a dialect: the message as plain text.
    public static let plainResponse: UpgradeFaultResponder = { _, fault, _, _ in
        Response(
            status: fault.status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: fault.message + "\n")))
    }
}
