public import FoundationEssentials
public import HTTPTypes
public import HummingbirdCore
public import Logging
public import NIOCore

/// The terms of an accepted socket.
public struct SocketAcceptance: Sendable {
    /// Further fields of the 101 response.
    public var headers: HTTPFields
    /// The one protocol chosen from those the client offered (RFC 6455 §4.2.2); `nil` chooses none.
    public var subprotocol: String?
    /// The socket closes with `.tokenExpired` at this time.
    public var expiresAt: Date?
    /// Makes the session, on the connection's event loop.
    public var session: @Sendable (SocketConnection) -> any SocketSession

    public init(
        headers: HTTPFields = [:], subprotocol: String? = nil, expiresAt: Date? = nil,
        session: @escaping @Sendable (SocketConnection) -> any SocketSession
    ) {
        (self.headers, self.subprotocol, self.expiresAt, self.session) = (headers, subprotocol, expiresAt, session)
    }
}

/// The answer to an upgrade request, given before the 101.
public enum UpgradeDecision: Sendable {
    case accept(SocketAcceptance)
    /// Sent as an ordinary HTTP response with `connection: close`.
    case refuse(Response)
}

/// Decides about one well-formed upgrade request; its task is cancelled when the client goes or the deadline passes.
public typealias UpgradeDecider = @Sendable (HTTPRequest, any Channel, Logger) async -> UpgradeDecision

/// Words the refusal of an upgrade request which is not put to the decider at all.
public typealias UpgradeFaultResponder = @Sendable (HTTPRequest, UpgradeFault, any Channel, Logger) async -> Response
