import BSON
import FixOnCallClient
import FixOnCallServer
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing
import Toota

@Suite("Toota: the older pair of sockets")
struct LegacySocketTests {
    private static func request(_ change: JSON = [:]) -> JSON {
        var place: JSON = [
            "pickup_lat": -1.2921, "pickup_lon": 36.8219, "destination_lat": -1.3192, "destination_lon": 36.9275,
            "pickup": "123 Main Street", "destination": "456 Elm Street",
            "load_description": "2 large bags, 1 small bag",
        ]
        for member in change.object ?? [] { place.add(member.name, member.value) }
        return ["user_id": 1, "trip_info": place]
    }

    /// The two sockets, of the user with the driver's number in the path.
    private func pair(_ scene: Scene) async throws -> (user: SocketClient, driver: SocketClient) {
        let number = JSON.int(scene.driver.number)
        return try await (
            scene.user.socket(Scene.path(Toota.Path.legacyRequest, number)),
            scene.driver.socket(Scene.path(Toota.Path.legacyResponse, number))
        )
    }

    @Test("A7 A8 A10 K13 K15: one request, one driver, one yes; who asks is known from the token")
    func accepted() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (user, driver) = try await pair(scene)
            try await user.say(Self.request())
            let asked = try await driver.nextJSON()
            // Not 1, which the body said.
            #expect(asked["user_id"] == .int(scene.user.number))
            #expect(asked["trip_info"]?["pickup"] == "123 Main Street")
            #expect(asked["trip_info"]?["load_description"] == "2 large bags, 1 small bag")
            #expect(asked["trip_info"]?["destination_lat"]?.double == -1.3192)
            try await driver.say(["user_id": .int(scene.user.number), "trip_response_status": "accepted"])
            let trip = try #require(asked["trip_id"]?.int)
            #expect(try await driver.nextJSON() == ["trip_id": .int(trip), "status": "accepted"])
            let told = try await user.nextJSON()
            try expectGolden(told, "legacy-accepted")
            #expect(told == ["trip_id": .int(trip), "status": "accepted"])
            #expect(try await scene.status(.int(trip)) == "accepted")
        }
    }

    @Test("A9 A10: his no ends it, and leaves no trip behind")
    func rejected() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (user, driver) = try await pair(scene)
            try await user.say(Self.request())
            let trip = try #require(try await driver.nextJSON()["trip_id"])
            try await driver.say(["user_id": .uuid(scene.user.id), "trip_response_status": "rejected"])
            #expect(try await driver.nextJSON() == ["status": "rejected"])
            let golden = try Golden.load("legacy-rejected")
            #expect(try await user.nextText() == golden.text)
            #expect(try await scene.status(trip) == "cancelled")
        }
    }

    @Test("A9: a no names no trip, so it is not said again on the next connection, also when nobody has confirmed it")
    func saidOnce() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let number = JSON.int(scene.driver.number)
            let driver = try await scene.driver.socket(Scene.path(Toota.Path.legacyResponse, number))
            let path = Scene.path(Toota.Path.legacyRequest, number)
            let deaf = try await SocketClient.connect(
                host: "127.0.0.1", port: server.port, path: path,
                headers: [("Authorization", "Bearer \(scene.user.token)")], answersPings: false)
            try await deaf.say(Self.request())
            _ = try await driver.nextJSON()
            try await driver.say(["user_id": .int(scene.user.number), "trip_response_status": "rejected"])
            #expect(try await deaf.nextJSON() == ["status": "rejected"])
            try await deaf.close()
            let user = try await scene.user.socket(path)
            try await user.say(Self.request())
            let asked = try await driver.frames { $0["trip_info"] != nil }
            try await driver.say(["user_id": .int(scene.user.number), "trip_response_status": "accepted"])
            #expect(try await user.nextJSON()["trip_id"] == asked.last?["trip_id"])
        }
    }

    @Test("A9 A28: silence is a no")
    func silence() async throws {
        try await TestServer.with({ $0.dispatch.pickSeconds = 1 }) { server in
            let scene = try await Scene(server)
            let (user, _) = try await pair(scene)
            try await user.say(Self.request())
            #expect(try await user.nextJSON() == ["status": "rejected"])
        }
    }

    @Test("A9: a driver who cannot come is a no at once")
    func busy() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            _ = try await scene.accepted()
            let other = try await server.customer()
            let socket = try await other.socket(Scene.path(Toota.Path.legacyRequest, scene.driverID))
            try await socket.say(Self.request())
            #expect(try await socket.nextJSON() == ["status": "rejected"])
        }
    }

    @Test("A7: the user withdraws his request, also after a reconnect; with nothing to withdraw it is an error")
    func withdrawn() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (user, driver) = try await pair(scene)
            let withdrawal = try Golden.load("legacy-withdraw").json
            for isReconnected in [false, true] {
                try await user.say(Self.request())
                let trip = try #require(try await driver.nextJSON()["trip_id"])
                let socket =
                    isReconnected
                    ? try await scene.user.socket(Scene.path(Toota.Path.legacyRequest, scene.driverID)) : user
                try await socket.say(withdrawal)
                let void = try await driver.nextJSON()
                #expect(void["trip_request_status"] == "cancelled" && void["trip_id"] == trip, "\(void.text)")
                #expect(try await scene.status(trip) == "cancelled")
            }
            let fresh = try await server.customer().socket(Scene.path(Toota.Path.legacyRequest, scene.driverID))
            try await fresh.say(withdrawal)
            #expect(try await fresh.nextJSON()["message"] == "Trip not found.")
        }
    }

    @Test("A7 K7: the document's own sample, without longitudes: the last known place, and the destination as a text")
    func sample() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (user, driver) = try await pair(scene)
            let sample = try Golden.load("legacy-request").json
            try await user.say(sample)
            let unknown = try await user.nextJSON()
            #expect(unknown["type"] == "error" && unknown["message"]?.string?.contains("latitude") == true)
            let (_, trip, _) = try await scene.created()
            let path = Scene.path(Toota.Path.status, trip)
            #expect(try await scene.user.ask("POST", path, ["status": "cancelled"]).status == 200)
            try await user.say(sample)
            let asked = try await driver.nextJSON()
            #expect(asked["trip_info"]?["pickup_lat"]?.double == -1.2921)
            #expect(asked["trip_info"]?["destination_lat"] == .null)
            #expect(asked["trip_info"]?["load_description"]?.string?.contains("456 Elm Street") == true)
            // Where a fare is shown, it is the least there is, and says so.
            let current = try await scene.driver.socket(Toota.Path.response)
            let details = try #require(
                try await current.frames { $0["type"] == "new_trip_request" }.last?["trip_details"])
            #expect(details["estimate_quality"] == "partial" && details["distance_km"]?.double == 0)
        }
    }

    @Test("K15: a driver's legacy socket is his own: another in the path is 403; an answer to nobody is an error")
    func ownPath() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let other = try await server.trucker("Barry Griffin")
            let refused = try await refusal {
                _ = try await other.socket(Scene.path(Toota.Path.legacyResponse, scene.driverID))
            }
            #expect(refused.status == 403)
            let driver = try await other.socket(Scene.path(Toota.Path.legacyResponse, .uuid(other.id)))
            try await driver.say(["user_id": 1, "trip_response_status": "accepted"])
            #expect(try await driver.nextJSON()["message"] == "Trip not found.")
            try await driver.say(["trip_response_status": "accepted"])
            #expect(try await driver.nextJSON()["code"] == "VALIDATION_ERROR")
        }
    }
}
