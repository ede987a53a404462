import BSON
import FixOnCallClient
import LiveBookings
import RoadsideTesting
import Synchronization

/// A user who books by REST and hears on his socket.
final class LiveBookingsCustomer: Stranded {
    private let person: Person
    private let socket: SocketClient
    private let errand: Errand

    init(_ server: TestServer, _ errand: Errand) async throws {
        self.errand = errand
        person = try await server.customer()
        socket = try await person.socket(LiveBookings.Path.customerBookings)
    }

    func call() async throws {
        try await person.must(
            "POST", "/api/bookings/create",
            errand.details.adding(
                "location", ["latitude": -1.2921, "longitude": 36.8219, "address": "Kenyatta Avenue"]))
        _ = try await socket.frames { $0["status"] == "pending" }
    }

    func hears(_ station: Station) async throws {
        let word =
            switch station {
            case .accepted: "accepted"
            case .started: "on_trip"
            case .completed: "completed"
            }
        _ = try await socket.frames { $0["status"]?.string == word }
    }
}

/// A driver who hears of new bookings on one socket and of his own on another.
final class LiveBookingsProvider: Rescuer {
    private let person: Person
    private let alerts: SocketClient
    private let bookings: SocketClient
    private let number = Mutex<Int64>(0)

    init(_ server: TestServer, _ errand: Errand) async throws {
        person = try await server.provider(specialization: errand.skills)
        alerts = try await person.socket(LiveBookings.Path.availableBookings)
        bookings = try await person.socket(LiveBookings.Path.providerBookings)
    }

    func takes() async throws {
        let alert = try await alerts.frames { $0["estimated_cost"] != nil }.last
        guard let found = alert?["booking_id"]?.int else {
            throw UnexpectedAnswer(description: "an alert without a number")
        }
        number.withLock { $0 = found }
        try await person.must("POST", "/api/bookings/\(found)/accept")
        _ = try await bookings.frames { $0["status"] == "accepted" && $0["booking_id"]?.int == found }
    }

    func starts(collecting isCashFirst: Bool) async throws {
        try await person.begin(number.withLock { $0 }, collecting: isCashFirst)
        _ = try await bookings.frames { $0["status"] == "on_trip" }
    }

    func finishes() async throws {
        try await person.must("POST", "/api/bookings/\(number.withLock { $0 })/complete")
        _ = try await bookings.frames { $0["status"] == "completed" }
    }
}
