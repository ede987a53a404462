/// What a client can tell about a conversation that did not happen as asked.
public enum ClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Nothing came in the time allowed.
    case timedOut
    /// No connection could be made.
    case unreachable(String)
    /// The other side closed the connection first; whatever had arrived until then.
    case closed(received: [UInt8])
    /// The other side broke the protocol it speaks.
    case violation(String)

    public var description: String {
        switch self {
        case .timedOut: "no answer in the time allowed"
        case .unreachable(let cause): "no connection: \(cause)"
        case .closed(let received): "the connection was closed after \(received.count) bytes"
        case .violation(let rule): "protocol violation: \(rule)"
        }
    }
}
