import ArgumentParser

/// What is measured, in the order in which a server meets it: the scene that leaves work behind comes last.
enum Scene: String, CaseIterable, Codable, ExpressibleByArgument {
    case health, near, booking, login, request
    case fan, idle

    static let usual = allCases.filter { $0 != .login }

    var isHTTP: Bool { self != .fan && self != .idle }

    /// Connections of the load generator.
    var connections: Int {
        switch self {
        case .health, .near, .booking: 64
        case .request: 32
        case .login: 4
        case .fan: 1000
        case .idle: 10_000
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
        }
    }
}
