public import Blueprint
public import Logging
public import Roadside
public import RoadsideWeb

/// The dialect of live booking updates: three sockets, no REST of its own (its jobs are opened and moved by FixOnCall's routes).
public enum LiveBookings {
    /// The name of its blueprint; routes are `live_bookings.…`.
    public static let name = "live_bookings"

    /// The one group of its operations, for documents.
    public static let tags: [(name: String, description: String)] = [
        (
            tag,
            """
            WebSockets: open them with the token as `Authorization: Bearer …` or as the subprotocol `bearer.<token>`, or \
            with a ticket in the query.
            """
        )
    ]

    /// What its operations refer to.
    public static let schemas: [(name: String, schema: Schema)] = [
        (refusalSchema, .object(["success": .boolean, "message": .string]))
    ]

    static let tag = "Live bookings"
    static let refusalSchema = "SocketRefusal"

    /// Where its sockets are, slashes as documented (promises E1, E2, E3).
    public enum Path {
        static let prefix = "/ws"
        public static let customerBookings = prefix + customer
        public static let providerBookings = prefix + provider
        public static let availableBookings = prefix + available

        static let customer = "/bookings/"
        static let provider = "/driver/bookings/"
        static let available = "/driver/available_bookings/"
    }

    /// What an operator decides about its sockets.
    public struct Options: Sendable {
        /// Seconds a socket outlives its token (realtime.md §3.10).
        public var expiryGrace: Duration
        /// Who may open them.
        public var admission: SocketAdmission

        public init(expiryGrace: Duration = .seconds(25), admission: SocketAdmission = SocketAdmission()) {
            self.expiryGrace = expiryGrace
            self.admission = admission
        }
    }

    /// The blueprint, to be mounted as it is.
    public static func blueprint(
        _ roadside: Roadside, hub: InboxHub, options: Options = Options(), logger: Logger
    ) -> Blueprint<WebContext> {
        var blueprint = Blueprint<WebContext>(name, prefix: Path.prefix)
        BookingSockets(roadside: roadside, hub: hub, options: options, logger: logger).record(in: &blueprint)
        BookingRefusals.record(in: &blueprint)
        return blueprint
    }
}
