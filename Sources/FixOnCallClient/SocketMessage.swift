/// What a WebSocket server sent, pings aside.
public enum SocketMessage: Sendable, Hashable {
    case text(String)
    case binary([UInt8])
    /// A close frame; the code is nil when the frame was empty.
    case close(code: UInt16?, reason: String)
    /// The connection is over. Every later read gives this again.
    case ended

    /// The text of a text message.
    public var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }
}

/// The answer of a server that did not switch to the WebSocket protocol.
public struct SocketRefused: Error, Sendable, CustomStringConvertible {
    public let answer: HTTPAnswer

    public var status: Int { answer.status }
    public var headers: HTTPAnswer.Headers { answer.headers }
    public var body: [UInt8] { answer.body }

    public var description: String { "refused with HTTP status \(status)" }
}
