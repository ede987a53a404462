public import Blueprint
import Foundation
public import Logging
public import Realtime
public import Roadside

/// Opens the sockets of dialects that have frames of their own: ``Dialogue`` says what is said on one.
public struct Dialogues: Sendable {
    private let accounts: Accounts
    private let inbox: Inbox
    private let hub: InboxHub
    private let positions: PositionHub
    private let options: Options
    private let logger: Logger

    /// What an operator decides about these sockets.
    public struct Options: Sendable {
        /// How long a socket outlives its token (realtime.md §3.10).
        public var expiryGrace = Duration.seconds(25)
        /// Who may open them.
        public var admission = SocketAdmission()
        /// Between two positions of one job on one socket (realtime.md §3.8).
        public var positionInterval = Duration.seconds(1)
        /// Between two pings of those dialects whose server says so in words (contracts K12).
        public var applicationPing = Duration.seconds(30)

        public init() {}
    }

    public init(_ roadside: Roadside, hub: InboxHub, positions: PositionHub, options: Options, logger: Logger) {
        accounts = roadside.accounts
        inbox = roadside.inbox
        self.hub = hub
        self.positions = positions
        self.options = options
        self.logger = logger
    }

    /// Between two pings of those dialects whose server says so in words.
    public var applicationPing: Duration { options.applicationPing }

    /// Lets only those pass who are signed in. It refuses as ``SocketAdmission`` does.
    public var hook: Blueprint<WebContext>.BeforeHook {
        { request, context in
            // Nobody is asked who he is for a request that cannot become a socket; the router refuses it as malformed.
            guard context.routing.socketSlot != nil else { return nil }
            context.caller = try await options.admission.caller(of: request, accounts)
            return nil
        }
    }

    /// What the handler of a socket's route returns.
    public func accept(_ dialogue: Dialogue) -> SocketAcceptance {
        let (accounts, inbox, hub, positions) = (accounts, inbox, hub, positions)
        let (interval, logger) = (options.positionInterval, logger)
        let end = dialogue.caller.expiresAt.addingTimeInterval(options.expiryGrace / .seconds(1))
        return SocketAcceptance(expiresAt: end) { _ in
            DialogueSession(
                dialogue, accounts: accounts, inbox: inbox,
                reader: InboxReader(recipient: dialogue.caller.userID, inbox: inbox, hub: hub, logger: logger),
                watch: dialogue.positions.map {
                    PositionWatch(
                        dialogue.caller, only: $0.job, by: $0.provider, hub: positions, renderer: $0.renderer,
                        interval: interval,
                        logger: logger)
                }, logger: logger)
        }
    }
}
