import ArgumentParser

/// What is measured, in the order in which a server meets it: the scene that leaves work behind comes last.
enum Scene: String, CaseIterable, Codable, ExpressibleByArgument {
    case health, near, booking, login, request
    case idle, handshakes, unicast, fan, wide, rooms, moves, push, resume, slow
    case alerts, positions, clock, flood, timings
    case dialects

    /// Those of `make bench`.
    static let usual: [Scene] = [
        .health, .near, .booking, .request, .idle, .fan, .alerts, .positions, .clock, .flood,
        .timings, .dialects,
    ]
    /// Those of `make bench-hub`.
    static let hub: [Scene] = [
        .idle, .handshakes, .unicast, .fan, .wide, .rooms, .moves, .push, .resume, .slow,
    ]

    /// What plays it.
    enum Kind {
        /// `wrk`.
        case http
        /// `SocketLoad`.
        case sockets
        /// `DutyLoad`, with a hub alone.
        case topics
        /// `DutyLoad` and this program, in a city of their own.
        case duty
        /// This program, with the server on a simulated processor.
        case counted
    }

    var kind: Kind {
        switch self {
        case .health, .near, .booking, .login, .request: .http
        case .fan, .wide, .idle: .sockets
        case .unicast, .rooms, .moves, .slow: .topics
        case .alerts, .positions, .clock, .flood, .timings, .handshakes, .push, .resume: .duty
        case .dialects: .counted
        }
    }

    /// Connections of the load generator.
    var connections: Int {
        switch self {
        case .health, .near, .booking: 64
        case .request: 32
        case .login: 4
        case .fan, .rooms, .slow: 1000
        case .wide: 9000
        case .unicast, .resume: 5000
        case .idle, .handshakes, .alerts: 10_000
        case .positions, .moves: 2000
        case .push, .flood: 500
        case .clock, .timings, .dialects: 1
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
        case .handshakes: "10000 sockets opened on /ws/v1/ with a token each, 128 at a time"
        case .unicast: "messages to any of 5000 sockets, each alone in its topic"
        case .fan, .wide: "one message to \(connections) sockets of one topic, the next when it has arrived"
        case .rooms: "500 topics of two sockets, 8 publishers, the next of each when it has arrived"
        case .moves: "2000 providers on sockets send where they are, one watcher each"
        case .push: "PUT /api/services/{id}/status, \(PushScene.rate) a second, to the row on its customer's /ws/v1/"
        case .resume: "5000 sockets on /ws/v1/, kill -9 and start: from the start to the row that was missed"
        case .slow: "\(HubScene.slowRate) messages of 2 KB a second to 1000 sockets of one topic"
        case .idle: "10000 sockets opened, 128 at a time, and left alone"
        case .alerts:
            "requests at random moments, \(DutyCity.providers) providers on their sockets"
        case .positions: "POST /api/mechanics/me/location"
        case .flood:
            "\(FloodScene.traffic) positions a second, alone and beside \(LoginFlood.rate) logins a second, bcrypt of cost 12"
        case .timings: "the same question about what is there and what is not, \(TimingScene.pairs) times in turn"
        case .dialects: "instructions of the server for the same operation in the words of each dialect"
        case .clock: "how late \(ClockScene.offers) offers of \(ClockScene.windowSeconds) s run out"
        }
    }
}
