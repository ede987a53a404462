import BSON
import FixOnCallClient
import FixOnCallServer
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing
import Toota

@Suite("Toota: where drivers are")
struct LocationSocketTests {
    @Test("A11 A12: a driver says where he is and hears it back with who he is")
    func ownLocation() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let socket = try await scene.driver.socket(Toota.Path.driverLocation)
            try await socket.say(["latitude": -1.2925, "longitude": 36.8225])
            let echo = try await socket.nextJSON()
            try expectGolden(echo, "location")
            #expect(echo["latitude"]?.double == -1.2925 && echo["longitude"]?.double == 36.8225)
            let details = try #require(echo["driver_details"])
            #expect(details["id"] == scene.driverID && details["name"] == "John Doe")
            #expect(details["email"] == .string(scene.driver.email) && details["phone"] == .string(scene.driver.phone))
            #expect(details["is_available"] == true)
            #expect(details["profile_pic"] == .null && details["car_image"] == .null)

            for body in [[:], ["latitude": 91, "longitude": 0], ["latitude": "here", "longitude": 1]] as [JSON] {
                try await socket.say(body)
                #expect(try await socket.nextJSON()["code"] == "VALIDATION_ERROR", "\(body.text)")
            }
        }
    }

    @Test("A13 K37: a listed driver is watched masked and rounded; from his yes on as he is, as he moves")
    func watching() async throws {
        try await TestServer.with({ $0.sockets.positionMilliseconds = 0 }) { server in
            let scene = try await Scene(server)
            let path = Scene.path(Toota.Path.watchDriver, scene.driverID)
            let early = try await refusal { _ = try await scene.user.socket(path) }
            #expect(early.status == 404)
            let ear = try await scene.driver.socket(Toota.Path.response)
            let (socket, trip, _) = try await scene.created()
            let watching = try await scene.user.socket(path)
            let masked = try await watching.nextJSON()
            try expectGolden(masked, "location")
            #expect(masked["driver_details"]?["phone"]?.string?.contains("•••") == true)
            #expect(masked["driver_details"]?["email"]?.string?.contains("•••") == true)
            #expect(masked["latitude"]?.double == -1.292 && masked["longitude"]?.double == 36.822)

            try await socket.say(["action": "confirm_driver", "trip_id": trip, "driver_id": scene.driverID])
            _ = try await ear.frames { $0["type"] == "new_trip_request" }
            try await ear.say(["trip_id": trip, "driver_response_status": "accepted"])
            let open = try await watching.frames {
                $0["driver_details"]?["phone"] == .string(scene.driver.phone)
            }
            #expect(open.last?["driver_details"]?["email"] == .string(scene.driver.email))
            let moving = try await scene.driver.socket(Toota.Path.driverLocation)
            try await moving.say(["latitude": -1.29254, "longitude": 36.82254])
            let moved = try await watching.frames { $0["latitude"]?.double == -1.29254 }
            try expectGolden(try #require(moved.last), "location")
            #expect(moved.last?["driver_details"]?["phone"] == .string(scene.driver.phone))
        }
    }

    @Test("A13 K37: nobody watches a driver he has nothing to do with: one too far away, or another's")
    func strangers() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let far = try await server.trucker(at: GeoPoint(latitude: 3.1, longitude: 40.0))
            let repairer = try await server.provider("Not A Trucker")
            _ = try await scene.accepted()
            let stranger = try await server.customer()
            for (person, driver) in [
                (scene.user, far.id), (scene.user, repairer.id), (stranger, scene.driver.id),
                (scene.user, "65a50b2c9f1d4e0012345678"), (scene.user, "nonsense"),
            ] {
                let path = Scene.path(Toota.Path.watchDriver, .string(driver))
                let refused = try await refusal { _ = try await person.socket(path) }
                #expect(refused.status == 404)
                let body = try JSON.parse(refused.body)
                #expect(body["error"] == "Driver not found.", "\(body.text)")
            }
        }
    }
}
