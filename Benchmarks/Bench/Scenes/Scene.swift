import ArgumentParser

/// What is measured, in the order in which a server meets it: the scene that leaves work behind comes last.
enum Scene: String, CaseIterable, Codable, ExpressibleByArgument {
    case health, near, booking, login, request
    case fan, idle
    case alerts, positions, clock

    static let usual = allCases.filter { $0 != .login }

    /// What plays it.
    enum Kind {
        /// `wrk`.
        case http
        /// `SocketLoad`.
        case sockets
        /// `DutyLoad` and this program, in a city of their own.
        case duty
    }

    var kind: Kind {
        switch self {
        case .health, .near, .booking, .login, .request: .http
        case .fan, .idle: .sockets
        case .alerts, .positions, .clock: .duty
        }
    }

    /// Connections of the load generator.
    var connections: Int {
        switch self {
        case .health, .near, .booking: 64
        case .request: 32
        case .login: 4
        case .fan: 1000
        case .idle, .alerts: 10_000
        case .positions: 2000
        case .clock: 1
        }
    }

    var title: String {
        switch self {
        case .health: "GET /api/health, 64 connections"
        case .near:
            "GET /api/services/available-mechanics within 10 km, 20 of \(City.providers) providers, 64 connections"
        case .booking: "GET /api/bookings/{id} by its owner, \(City.bookings) bookings, 64 connections"
        case .login: "POST /api/auth/login, bcrypt of cost 12, 4 connections"
        case .request: "POST /api/services/request by \(Sessions.users) customers, 32 connections"
        case .fan: "one message to 1000 sockets of one topic, the next when it has arrived"
        case .idle: "10000 sockets opened, 128 at a time, and left alone"
        case .alerts:
            "requests at random moments, \(DutyCity.providers) providers on their sockets"
        case .positions: "POST /api/mechanics/me/location"
        case .clock: "how late \(ClockScene.offers) offers of \(ClockScene.windowSeconds) s run out"
        }
    }
}
