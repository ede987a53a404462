import BSON
import FixOnCallClient
import RoadsideTesting

/// A passenger with one socket.
final class CareConnectCustomer: Stranded {
    private let socket: SocketClient

    init(_ server: TestServer) async throws {
        socket = try await server.customer().socket("/ws/ride/12345/")
        _ = try await socket.frames { $0["type"] == "connection_established" }
    }

    func call() async throws {
        let wish: JSON = [
            "type": "find_driver", "pickup_latitude": -1.2921, "pickup_longitude": 36.8219,
            "dropoff_latitude": -1.3081, "dropoff_longitude": 36.851, "pickup_address": "Kenyatta Avenue",
            "dropoff_address": "Mombasa Road", "distance_km": 3.7, "estimated_duration_minutes": 12,
            "fare_amount": 150.0, "passenger_phone": "+27123456789",
        ]
        try await socket.send(text: wish.text)
        _ = try await socket.frames { $0["type"] == "searching" }
    }

    func hears(_ station: Station) async throws {
        switch station {
        case .accepted: _ = try await socket.frames { $0["type"] == "driver_assigned" }
        case .started: _ = try await socket.frames { $0["status"] == "in_progress" }
        case .completed: _ = try await socket.frames { $0["status"] == "completed" }
        }
    }
}
