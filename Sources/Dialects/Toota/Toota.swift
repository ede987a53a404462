public import Blueprint
public import Roadside
public import RoadsideWeb

/// The dialect of hailed trucks: users choose a driver, who has half a minute to answer.
public enum Toota {
    /// The name of its blueprint; routes are `toota.…`. It is the channel of its jobs, too.
    public static let name = "toota"
    /// The name of the blueprint of its sockets; their routes are `toota_sockets.…`.
    public static let socketsName = "toota_sockets"

    /// Where everything is, slashes as documented; `trip` is singular in one place and nowhere else (K3).
    public enum Path {
        public static let findDriver = "/trip/find-driver/"
        /// Of two verbs (A3, A4).
        public static let status = "/trips/<id>/status/"

        /// The legacy pair, with the driver in the path (A7, A10).
        public static let legacyRequest = "/ws/trips/user/request/<driver_id>/"
        public static let legacyResponse = "/ws/trips/driver/response/<driver_id>/"

        public static let driverLocation = "/ws/driver/location/"
        public static let watchDriver = "/ws/user/driver/<driver_id>/location/"
        public static let request = "/ws/trips/user/request/"
        public static let response = "/ws/trips/driver/response/"
        public static let driverStatus = "/ws/trips/driver/status/update/<trip_id>/"
        public static let userStatus = "/ws/trips/user/status/<trip_id>/"
    }

    /// What an operator decides about it.
    public struct Options: Sendable {
        /// How often each account may ask; the same counters as FixOnCall's, so that an account has one budget.
        public var limits: RequestLimits

        public init(limits: RequestLimits = RequestLimits()) { self.limits = limits }
    }

    /// The blueprint of its REST routes, to be mounted as it is.
    public static func blueprint(_ roadside: Roadside, options: Options = Options()) -> Blueprint<WebContext> {
        var api = Blueprint<WebContext>(name)
        api.before(BearerAuth(roadside.accounts).hook)
        api.before(options.limits.before())
        api.after(options.limits.after)
        TripRefusal.answerErrors(in: &api)
        TripRoutes(desk: TripDesk(roadside)).record(in: &api)
        return api
    }

    /// The blueprint of its sockets, to be mounted as it is.
    public static func sockets(_ roadside: Roadside, _ dialogues: Dialogues) -> Blueprint<WebContext> {
        var sockets = Blueprint<WebContext>(socketsName)
        sockets.before(dialogues.hook)
        TripRefusal.answerErrors(in: &sockets)
        let desk = TripDesk(roadside)
        TripSockets(desk: desk, dialogues: dialogues).record(in: &sockets)
        StatusSockets(desk: desk, dialogues: dialogues).record(in: &sockets)
        LocationSockets(desk: desk, dialogues: dialogues).record(in: &sockets)
        LegacySockets(desk: desk, dialogues: dialogues).record(in: &sockets)
        return sockets
    }
}
