import BSON
import FixOnCallClient
import FixOnCallServer
import Roadside
import RoadsideRules
import RoadsideTesting
import RoadsideWeb
import Testing
import Toota

/// A user and a driver of Toota on a server.
struct Scene {
    let server: TestServer
    let user: Person
    let driver: Person

    init(_ server: TestServer) async throws {
        self.server = server
        user = try await server.customer("Alice Mary Smith")
        driver = try await server.trucker("John Doe")
    }

    var driverID: JSON { .uuid(driver.id) }

    /// A14, as the document prints it.
    static func create(_ extra: JSON = [:]) -> JSON {
        var json: JSON = [
            "action": "create_trip", "vehicle_type": "pickup", "pickup": "123 Main Street",
            "destination": "456 Elm Street", "pickup_lat": -1.2921, "pickup_lon": 36.8219, "dest_lat": -1.3192,
            "dest_lon": 36.9275, "load_description": "2 large bags, 1 small bag",
        ]
        for member in extra.object ?? [] { json.add(member.name, member.value) }
        return json
    }

    /// The user's request socket with a trip on it.
    func created(_ extra: JSON = [:]) async throws -> (socket: SocketClient, trip: JSON, frame: JSON) {
        let socket = try await user.socket(Toota.Path.request)
        try await socket.say(Self.create(extra))
        let frame = try await socket.nextJSON()
        return (socket, try #require(frame["trip_id"], "\(frame.text)"), frame)
    }

    /// The same with its driver asked.
    func asked(_ extra: JSON = [:]) async throws -> (socket: SocketClient, trip: JSON, frame: JSON) {
        let (socket, trip, _) = try await created(extra)
        try await socket.say(["action": "confirm_driver", "trip_id": trip, "driver_id": driverID])
        return (socket, trip, try await socket.nextJSON())
    }

    /// The driver has accepted: his response socket, after he has said so.
    func accepted() async throws -> (user: SocketClient, driver: SocketClient, trip: JSON, contact: JSON) {
        let ear = try await driver.socket(Toota.Path.response)
        let (socket, trip, _) = try await asked()
        _ = try await ear.frames { $0["type"] == "new_trip_request" }
        try await ear.say(["trip_id": trip, "driver_response_status": "accepted"])
        return (socket, ear, trip, try await ear.nextJSON())
    }

    /// The driver's status socket, past its first frame.
    func driving(_ trip: JSON) async throws -> SocketClient {
        let socket = try await driver.socket(Scene.path(Toota.Path.driverStatus, trip))
        _ = try await socket.nextJSON()
        return socket
    }

    static func path(_ template: String, _ id: JSON) -> String {
        template.replacing("<trip_id>", with: id.string ?? id.text).replacing("<driver_id>", with: id.string ?? id.text)
            .replacing("<id>", with: id.string ?? id.text)
    }
}

extension TestServer {
    /// Registers somebody with a tow truck.
    func trucker(_ name: String = "John Doe", at point: GeoPoint? = TestServer.centre) async throws -> Person {
        try await provider(name, at: point, specialization: ["towing"])
    }
}

extension SocketClient {
    func say(_ json: JSON) async throws { try await send(text: json.text) }
}

extension JSON {
    /// The UUID of an id that is known as hexadecimal digits.
    static func uuid(_ hex: String) -> JSON { JSON(ObjectID(hex).map { PublicID($0).uuid }) }
}
