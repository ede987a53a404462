public import HTTPTypes
public import Hummingbird
import Synchronization

/// Where a socket route leaves what it accepted, for the server that is deciding an upgrade.
///
/// The server makes one, puts it into ``Routing/socketSlot`` and reads it when the router has answered; only a socket
/// route that was reached, allowed and not overruled by a hook fills it.
public final class SocketSlot: Sendable {
    private let value = Mutex<(any Sendable)?>(nil)

    public init() {}

    /// Fills the slot; the last value stays.
    public func accept(_ acceptance: any Sendable) {
        value.withLock { $0 = acceptance }
    }

    /// What a socket route returned, `nil` for a refusal and for every other route.
    public var accepted: (any Sendable)? {
        value.withLock { $0 }
    }
}

/// A socket route was reached by a request that cannot become a socket.
public enum SocketRouteError: HTTPResponseError, Equatable {
    /// A plain request: 400.
    case notAnUpgrade
    /// An upgrade that is not the first request of its connection, where the protocol can no longer change: 426. The
    /// answer closes the connection so that the client tries again on a fresh one.
    case lateUpgrade

    public var status: HTTPResponse.Status {
        switch self {
        case .notAnUpgrade: .badRequest
        case .lateUpgrade: .upgradeRequired
        }
    }

    public func response(from request: Request, context: some RequestContext) -> Response {
        Response(status: status)
    }
}
