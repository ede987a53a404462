import BSON
import FixOnCallClient
import RoadsideTesting
import Synchronization

/// A user who chooses a driver for his trip, and pays him in cash at the pickup.
final class TootaUser: Stranded {
    let paysCashFirst = true

    private let person: Person
    private let requests: SocketClient
    /// About his trip, once somebody drives it.
    private let status = Mutex<SocketClient?>(nil)

    init(_ server: TestServer) async throws {
        person = try await server.customer()
        requests = try await person.socket("/ws/trips/user/request/")
    }

    func call() async throws {
        let wish: JSON = [
            "action": "create_trip", "vehicle_type": "pickup", "pickup": "123 Main Street",
            "destination": "456 Elm Street", "pickup_lat": -1.2921, "pickup_lon": 36.8219, "dest_lat": -1.3192,
            "dest_lon": 36.9275, "load_description": "2 large bags, 1 small bag",
        ]
        try await requests.send(text: wish.text)
        let created = try await requests.frames { $0["available_drivers"] != nil }.last
        guard let trip = created?["trip_id"], let chosen = created?["available_drivers"]?[0]?["id"] else {
            throw UnexpectedAnswer(description: "nobody to choose: \(created?.text ?? "")")
        }
        let choice: JSON = ["action": "confirm_driver", "trip_id": trip, "driver_id": chosen]
        try await requests.send(text: choice.text)
        _ = try await requests.frames { $0["message"] == "Awaiting driver response" && $0["trip_id"] == trip }
    }

    func hears(_ station: Station) async throws {
        switch station {
        case .accepted:
            let told = try await requests.frames { $0["type"] == "trip_status_update" && $0["status"] == "accepted" }
            guard let trip = told.last?["trip_id"]?.string else {
                throw UnexpectedAnswer(description: "a trip without an id")
            }
            let opened = try await person.socket("/ws/trips/user/status/\(trip)/")
            _ = try await opened.frames { $0["trip_status"] == "accepted" }
            status.withLock { $0 = opened }
        case .started: _ = try await status.withLock { $0 }?.frames { $0["trip_status"] == "in_progress" }
        case .completed: _ = try await status.withLock { $0 }?.frames { $0["trip_status"] == "completed" }
        }
    }
}

/// A driver with a truck, who says yes and leads the trip on by its socket.
final class TootaDriver: Rescuer {
    private let person: Person
    private let requests: SocketClient
    private let status = Mutex<SocketClient?>(nil)

    init(_ server: TestServer) async throws {
        person = try await server.provider(specialization: ["towing"])
        requests = try await person.socket("/ws/trips/driver/response/")
    }

    func takes() async throws {
        let asked = try await requests.frames { $0["type"] == "new_trip_request" }.last
        guard let trip = asked?["trip_details"]?["trip_id"]?.string else {
            throw UnexpectedAnswer(description: "a request without an id")
        }
        let yes: JSON = ["trip_id": .string(trip), "driver_response_status": "accepted"]
        try await requests.send(text: yes.text)
        _ = try await requests.frames { $0["user_id"] != nil && $0["phone"] != nil }
        let opened = try await person.socket("/ws/trips/driver/status/update/\(trip)/")
        _ = try await opened.frames { $0["trip_status"] == "accepted" }
        status.withLock { $0 = opened }
    }

    func starts(collecting isCashFirst: Bool) async throws {
        try await say(["trip_status": "arrived at pickup"]) { $0["trip_status"] == "arrived at pickup" }
        if isCashFirst {
            try await say(["trip_status": "in_progress"]) {
                $0["message"] == "You must collect payment from user before pickup"
            }
            try await say(["payment_status": "paid"]) { $0["trip_status"] == "arrived at pickup" }
        }
        try await say(["trip_status": "in_progress"]) { $0["trip_status"] == "in_progress" }
    }

    func finishes() async throws {
        try await say(["trip_status": "completed"]) { $0["trip_status"] == "completed" }
    }

    private func say(_ words: JSON, until isAnswer: @escaping @Sendable (JSON) -> Bool) async throws {
        guard let socket = status.withLock({ $0 }) else {
            throw UnexpectedAnswer(description: "he has no trip")
        }
        try await socket.send(text: words.text)
        _ = try await socket.frames(until: isAnswer)
    }
}
