import BSON
import FixOnCallClient
import RoadsideTesting
import Testing
import Toota

@Suite("Toota: who may open which socket")
struct DoorTests {
    /// Each socket, and whether it is a driver's.
    static let doors: [(path: String, isDrivers: Bool)] = [
        (Toota.Path.legacyRequest, false), (Toota.Path.legacyResponse, true), (Toota.Path.driverLocation, true),
        (Toota.Path.watchDriver, false), (Toota.Path.request, false), (Toota.Path.response, true),
        (Toota.Path.driverStatus, true), (Toota.Path.userStatus, false),
    ]

    @Test("A34 K1 K11: every socket needs a login before the upgrade, and the right role: FixOnCall's driver is a user")
    func doors() async throws {
        try await TestServer.with { server in
            // Registered as a "driver" with FixOnCall, who is a customer.
            let (user, driver) = try await (server.customer(), server.trucker())
            for door in Self.doors {
                let path = Scene.path(door.path, .string(driver.id))
                for token in [nil, "nonsense"] {
                    let unknown = try await refusal { _ = try await server.socket(path, token: token) }
                    #expect(unknown.status == 401, "\(path)")
                    let body = try JSON.parse(unknown.body)
                    #expect(body["error"]?.string?.isEmpty == false, "\(path)")
                }
                let wrong = try await refusal { _ = try await (door.isDrivers ? user : driver).socket(path) }
                #expect(wrong.status == 403, "\(path)")
                let body = try JSON.parse(wrong.body)
                #expect(body["error"] == .string("This socket is for \(door.isDrivers ? "drivers" : "users")."))
                let plain = try await driver.ask("GET", path)
                #expect(plain.status == 400, "\(path)")
                #expect(plain.json?["error"]?.string?.isEmpty == false, "\(path)")
            }
        }
    }
}
