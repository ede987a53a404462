public import Blueprint
public import Logging
public import Roadside
public import RoadsideRules
public import RoadsideWeb

/// The dialect of rides over one socket; it has no REST of its own.
public enum CareConnect {
    /// The name of its blueprint; routes are `careconnect.…`. It is the channel of its jobs, too.
    public static let name = "careconnect"

    /// The one group of its operations, for documents.
    public static let tags: [(name: String, description: String)] = [
        (
            tag,
            """
            One WebSocket a ride: its passenger asks for a driver and hears who comes. It is opened like those of live \
            bookings; where guests are let in, it may be opened without a token.
            """
        )
    ]

    /// What its operations refer to.
    public static let schemas: [(name: String, schema: Schema)] = [
        (refusalSchema, .object(["type": .string, "message": .string]))
    ]

    static let tag = "CareConnect"
    static let refusalSchema = "RideRefusal"

    /// Where its socket is, slashes as documented (promise C1).
    public enum Path {
        public static let ride = prefix + socket

        static let prefix = "/ws/ride"
        static let socket = "/<\(rideID)>/"
        static let rideID = "ride_id"

        /// The socket of one ride.
        public static func ride(_ id: String) -> String { "\(prefix)/\(id)/" }
    }

    /// What an operator decides about its rides.
    public struct Options: Sendable {
        /// How a driver is found: given at once, or asked one after the other (contracts K45).
        public var plan: SearchPlan
        /// A code of the catalogue: what a ride is to the rest of the platform.
        public var serviceType: String
        /// Whether who has no token may open a ride (contracts K48).
        public var guests: Bool
        /// Who may open its socket.
        public var admission: SocketAdmission

        public init(
            plan: SearchPlan = .auto, serviceType: String = "breakdown", guests: Bool = false,
            admission: SocketAdmission = SocketAdmission()
        ) {
            self.plan = plan
            self.serviceType = serviceType
            self.guests = guests
            self.admission = admission
        }
    }

    /// The blueprint, to be mounted as it is.
    public static func blueprint(
        _ roadside: Roadside, dialogues: Dialogues, options: Options, logger: Logger
    ) -> Blueprint<WebContext> {
        var blueprint = Blueprint<WebContext>(name, prefix: Path.prefix)
        RideSockets(roadside: roadside, dialogues: dialogues, options: options, logger: logger).record(in: &blueprint)
        RideRefusals.record(in: &blueprint)
        return blueprint
    }
}
