import BSON
import CareConnect
import FixOnCallClient
import RoadsideRules
import RoadsideTesting

/// The document's places, and what its passenger says there.
enum RidePlaces {
    static let johannesburg = GeoPoint(latitude: -26.2041, longitude: 28.0473)
    static let nearJohannesburg = GeoPoint(latitude: -26.1041, longitude: 28.1473)
    static let pretoria = GeoPoint(latitude: -25.7479, longitude: 28.2293)

    /// `find_driver` as the document prints it.
    static func findDriver() throws -> JSON { try Golden.load("find_driver").json }
}

extension Person {
    /// This passenger's socket of a ride, after its greeting.
    func ride(_ id: String) async throws -> SocketClient {
        let socket = try await socket(CareConnect.Path.ride(id))
        let first = try await socket.nextJSON()
        guard first["type"] == "connection_established", first["ride_id"]?.string == id else {
            throw UnexpectedAnswer(description: "not a greeting but \(first.text)")
        }
        return socket
    }
}

extension SocketClient {
    func say(_ json: JSON) async throws { try await send(text: json.text) }

    /// The next frames up to one of this type.
    func frames(through type: String) async throws -> [JSON] {
        try await frames { $0["type"]?.string == type }
    }

    /// The types of all that is said until an answer to a ping sent now.
    func typesSoFar() async throws -> [String] {
        try await say(["type": "ping"])
        return try await frames(through: "pong").dropLast().compactMap { $0["type"]?.string }
    }
}
