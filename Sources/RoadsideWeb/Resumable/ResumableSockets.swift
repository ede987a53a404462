public import Blueprint
import Foundation
import HTTPTypes
import Hummingbird
public import Logging
import Realtime
public import Roadside

/// Sockets that resume: one connection for everything an inbox brings, on every route, with a cursor that the client keeps.
///
/// The dialect brings the words; this is what happens to them.
public struct ResumableSockets: Sendable {
    /// The subprotocol, which a client must offer and the server chooses.
    public static let subprotocol = "fixoncall.v1"

    private let accounts: Accounts
    private let inbox: Inbox
    private let keyed: KeyedCommands
    private let hub: InboxHub
    private let positions: PositionHub
    private let options: Options
    private let logger: Logger

    public init(
        _ roadside: Roadside, hub: InboxHub, positions: PositionHub, options: Options, logger: Logger
    ) {
        accounts = roadside.accounts
        inbox = roadside.inbox
        keyed = KeyedCommands(idempotency: roadside.idempotency)
        self.hub = hub
        self.positions = positions
        self.options = options
        self.logger = logger
    }

    /// What an operator decides about these sockets.
    public struct Options: Sendable {
        /// How long a socket outlives its token (realtime.md §3.10).
        public var expiryGrace = Duration.seconds(25)
        /// How long before its token runs out a client is asked for another one (realtime.md §3.10).
        public var renewalNotice = Duration.seconds(60)
        /// How long the server waits for `resume` before it sends what nobody has confirmed. Ours.
        public var resumePatience = Duration.seconds(2)
        /// Mean time between the server's pings, which clients are told.
        public var pingInterval = Duration.seconds(20)
        /// Who may open them.
        public var admission = SocketAdmission()
        /// Between two positions of one job on one socket (realtime.md §3.8).
        public var positionInterval = Duration.seconds(1)

        public init() {}
    }

    /// Lets only those pass who offer the subprotocol and are signed in.
    ///
    /// It refuses with `MALFORMED_REQUEST`, and as ``SocketAdmission`` does.
    public var hook: Blueprint<WebContext>.BeforeHook {
        { request, context in
            // Nobody is asked who he is for a request that cannot become a socket; the router refuses it as malformed.
            guard context.routing.socketSlot != nil else { return nil }
            guard SocketCredential.offered(by: request).contains(Self.subprotocol) else {
                throw RoadsideError(
                    .malformedRequest, "Offer the subprotocol \(Self.subprotocol) in Sec-WebSocket-Protocol.")
            }
            context.caller = try await options.admission.caller(of: request, accounts)
            return nil
        }
    }

    /// What the handler of the socket's route returns.
    ///
    /// - Throws: `INVALID_TOKEN` when ``hook`` has not been passed.
    public func accept(_ context: WebContext, _ words: ResumableWords) throws(RoadsideError) -> any Sendable {
        let caller = try context.requireCaller()
        let (accounts, inbox, keyed, hub, positions) = (accounts, inbox, keyed, hub, positions)
        let (options, logger) = (options, logger)
        return SocketAcceptance(subprotocol: Self.subprotocol, expiresAt: options.end(of: caller)) { _ in
            ResumableSession(
                caller, words, options, accounts: accounts, inbox: inbox, keyed: keyed,
                reader: InboxReader(recipient: caller.userID, inbox: inbox, hub: hub, logger: logger),
                positions: PositionWatch(
                    caller, hub: positions, renderer: words.positions, interval: options.positionInterval,
                    logger: logger),
                logger: logger)
        }
    }
}

extension ResumableSockets.Options {
    /// When a socket closes whose client does not renew his token.
    func end(of caller: Caller) -> Date {
        caller.expiresAt.addingTimeInterval(expiryGrace / .seconds(1))
    }
}
