import BSON
import FixOnCallClient
import FixOnCallServer
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing
import Toota

@Suite("Toota: users ask for trips, drivers answer")
struct TripSocketTests {
    @Test("A14 A15: a trip is created and priced by the server, and who could take it is listed")
    func create() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (_, trip, frame) = try await scene.created(["estimated_fare": 0.01, "user_id": 99])
            try expectGolden(frame, "trip-created")
            #expect(frame["message"] == "Trip created successfully - select a driver")
            #expect(frame["status"] == "pending" && trip.string?.count == 36)
            #expect(frame["estimated_fare"]?.double ?? 0 > 1500)
            let distance = try #require(frame["distance_km"]?.double)
            #expect((11...13).contains(distance))
            #expect(frame["estimated_time"]?.string?.hasSuffix(" mins") == true)
            #expect(frame["pickup"] == "123 Main Street" && frame["destination"] == "456 Elm Street")
            #expect(frame["vehicle_type"] == "pickup")
            #expect(frame["load_description"] == "2 large bags, 1 small bag")
            #expect(frame["user_info"]?["id"] == .uuid(scene.user.id))
            #expect(frame["user_info"]?["phone"] == .string(scene.user.phone))
            let drivers = try #require(frame["available_drivers"]?.array)
            #expect(drivers.map { $0["id"] } == [scene.driverID])
            #expect(!frame.text.contains(scene.driver.phone) && !frame.text.contains(scene.driver.email))
        }
    }

    @Test("A14: what is missing or wrong is refused as an error, and the socket stays")
    func malformed() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let socket = try await scene.user.socket(Toota.Path.request)
            for (body, name) in [
                (["action": "fly"], "action"), ([:], "action"),
                (Scene.create(["pickup_lat": 91]), "pickup_lat"), (Scene.create(["dest_lon": nil]), "dest_lon"),
                (Scene.create(["vehicle_type": "hovercraft"]), "vehicle_type"),
                (Scene.create(["payment_method": "shells"]), "payment_method"),
                (["action": "confirm_driver", "trip_id": "1"], "driver_id"),
            ] as [(JSON, String)] {
                try await socket.say(body)
                let refused = try await socket.nextJSON()
                #expect(refused["type"] == "error" && refused["code"] == "VALIDATION_ERROR", "\(refused.text)")
                #expect(refused["message"]?.string?.contains(name) == true, "\(refused.text)")
            }
            try await socket.send(text: "[1]")
            #expect(try await socket.nextJSON()["type"] == "error")
            try await socket.say(Scene.create())
            #expect(try await socket.nextJSON()["status"] == "pending")
        }
    }

    @Test("A16 A17 A20 A30: the driver who was chosen is asked, he alone; both see each other masked")
    func confirm() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let other = try await server.trucker("Barry Griffin")
            let (ear, otherEar) = try await (
                scene.driver.socket(Toota.Path.response), other.socket(Toota.Path.response)
            )
            let (_, trip, frame) = try await scene.asked()
            try expectGolden(frame, "awaiting-driver")
            #expect(frame["message"] == "Awaiting driver response" && frame["trip_id"] == trip)
            #expect(frame["driver_info"]?["id"] == scene.driverID && frame["driver_info"]?["name"] == "John Doe")
            #expect(frame["payment_info"]?["payment_method"] == "cash")
            #expect(frame["payment_info"]?["payment_status"] == "pending")
            #expect(frame["payment_info"]?["currency"] == "KES")
            #expect(!frame.text.contains(scene.driver.phone))

            let request = try await ear.nextJSON()
            try expectGolden(request, "new-request")
            #expect(request["trip_details"]?["trip_id"] == trip)
            #expect(request["trip_details"]?["user_info"]?["name"] == "Alice Mary Smith")
            #expect(request["trip_details"]?["estimated_fare"] == frame["payment_info"]?["amount"])
            #expect(!request.text.contains(scene.user.phone))
            // Nothing has come to the other before what he asks for now.
            try await otherEar.say(["type": "ping"])
            #expect(try await otherEar.nextJSON()["type"] == "pong")
        }
    }

    @Test("A29: a trip that is paid for by card is offered to no driver before the card is charged")
    func cardFirst() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let ear = try await scene.driver.socket(Toota.Path.response)
            let (_, trip, refused) = try await scene.asked(["payment_method": "card"])
            #expect(refused["type"] == "error" && refused["code"] == "PAYMENT_REQUIRED", "\(refused.text)")
            try await ear.say(["trip_id": trip, "driver_response_status": "accepted"])
            #expect(try await ear.nextJSON()["type"] == "error")
            #expect(try await scene.status(trip) == "pending")
        }
    }

    @Test(
        "A29: a refused card asks nobody; with one that was charged the driver is asked, told so, and may start at once"
    )
    func cardThenDriver() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let ear = try await scene.driver.socket(Toota.Path.response)
            let (socket, trip, _) = try await scene.created(["payment_method": "card"])
            let choice: JSON = ["action": "confirm_driver", "trip_id": trip, "driver_id": scene.driverID]
            func pay(_ token: String) async throws -> HTTPAnswer {
                try await scene.user.ask(
                    "POST", "/api/payments", ["service_id": trip, "method": "card", "token": .string(token)])
            }
            let refused = try await pay("test_declined")
            #expect(refused.status == 201 && refused.json?["message"] == "The card was refused.", "\(refused.text)")
            #expect(refused.json?["data"]?["payment"]?["status"] == "failed")
            try await socket.say(choice)
            #expect(try await socket.nextJSON()["code"] == "PAYMENT_REQUIRED")

            let paid = try await pay("test_ok")
            #expect(paid.json?["data"]?["payment"]?["status"] == "succeeded", "\(paid.text)")
            try await socket.say(choice)
            let awaiting = try await socket.frames { $0["message"] == "Awaiting driver response" }.last
            let request = try await ear.nextJSON()
            for info in [awaiting?["payment_info"], request["trip_details"]?["payment_info"]] {
                #expect(info?["payment_method"] == "card" && info?["payment_status"] == "paid", "\(info?.text ?? "")")
            }
            try await ear.say(["trip_id": trip, "driver_response_status": "accepted"])
            _ = try await ear.frames { $0["user_id"] != nil }
            // Nothing is to be collected at the pickup.
            let driving = try await scene.driving(trip)
            for word in ["arrived at pickup", "in_progress"] as [JSON] {
                try await driving.say(["trip_status": word])
                #expect(try await driving.nextJSON() == ["trip_id": trip, "trip_status": word])
            }
        }
    }

    @Test(
        "A18 A21 A22: he accepts: each side gets the other as it is",
        arguments: [
            "driver_response_status", "trip_response_status", "driver_response",
        ])
    func accept(spelling: String) async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let ear = try await scene.driver.socket(Toota.Path.response)
            let (socket, trip, _) = try await scene.asked()
            _ = try await ear.nextJSON()
            try await ear.say(["trip_id": trip, spelling: "accepted"])
            let contact = try await ear.nextJSON()
            try expectGolden(contact, "customer-contact")
            #expect(contact["user_id"] == .uuid(scene.user.id))
            #expect(contact["first_name"] == "Alice" && contact["last_name"] == "Mary Smith")
            #expect(contact["email"] == .string(scene.user.email) && contact["phone"] == .string(scene.user.phone))

            let accepted = try await socket.nextJSON()
            try expectGolden(accepted, "trip-accepted")
            #expect(accepted["trip_id"] == trip && accepted["status"] == "accepted")
            #expect(accepted["driver_info"]?["phone"] == .string(scene.driver.phone))
            #expect(accepted["driver_info"]?["first_name"] == "John" && accepted["driver_info"]?["last_name"] == "Doe")
            let details = try #require(accepted["trip_details"])
            #expect(details["pickup_lat"]?.double == -1.2921 && details["pickup_long"]?.double == 36.8219)
            #expect(details["dest_lat"]?.double == -1.3192 && details["dest_long"]?.double == 36.9275)
            #expect(details["status"] == "accepted" && details["id"] == trip)
        }
    }

    @Test("A19 A28: a driver who says nothing in his time: the list again, and another may be chosen")
    func silence() async throws {
        try await TestServer.with({ $0.dispatch.pickSeconds = 1 }) { server in
            let scene = try await Scene(server)
            let other = try await server.trucker("Barry Griffin")
            let ear = try await other.socket(Toota.Path.response)
            let (socket, trip, _) = try await scene.asked()
            let again = try await socket.nextJSON()
            try expectGolden(again, "no-answer")
            #expect(again["message"] == "Driver did not respond - select another driver")
            #expect(again["trip_id"] == trip && again["status"] == "pending")
            #expect(again["available_drivers"]?.array?.map { $0["id"] } == [.uuid(other.id)])
            // He is too late.
            let late = try await scene.driver.socket(Toota.Path.response)
            try await late.say(["trip_id": trip, "driver_response_status": "accepted"])
            _ = try await late.frames { $0["type"] == "error" }

            try await socket.say(["action": "confirm_driver", "trip_id": trip, "driver_id": .uuid(other.id)])
            #expect(try await socket.nextJSON()["message"] == "Awaiting driver response")
            _ = try await ear.frames { $0["type"] == "new_trip_request" }
            try await ear.say(["trip_id": trip, "driver_response_status": "accepted"])
            _ = try await ear.frames { $0["user_id"] != nil }
            let told = try await socket.frames { $0["status"] == "accepted" }
            #expect(told.last?["driver_info"]?["name"] == "Barry Griffin")
        }
    }

    @Test("A21: a driver who says no: the list without him")
    func reject() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let other = try await server.trucker("Barry Griffin")
            let ear = try await scene.driver.socket(Toota.Path.response)
            let (socket, trip, _) = try await scene.asked()
            _ = try await ear.nextJSON()
            try await ear.say(["trip_id": trip, "driver_response_status": "rejected"])
            #expect(try await ear.nextJSON() == ["trip_id": trip, "status": "rejected"])
            let again = try await socket.nextJSON()
            try expectGolden(again, "no-answer")
            #expect(again["message"] == "Driver rejected the trip - select another driver")
            #expect(again["available_drivers"]?.array?.map { $0["id"] } == [.uuid(other.id)])
        }
    }

    @Test("K40: a second acceptance, a stranger's trip and a strange driver are errors, and change nothing")
    func refusals() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (socket, ear, trip, _) = try await scene.accepted()
            _ = try await socket.frames { $0["status"] == "accepted" }
            // Again is the same trip, to himself.
            try await ear.say(["trip_id": trip, "driver_response_status": "accepted"])
            #expect(try await ear.nextJSON()["user_id"] != nil)
            let other = try await server.trucker("Barry Griffin")
            let otherEar = try await other.socket(Toota.Path.response)
            try await otherEar.say(["trip_id": trip, "driver_response_status": "accepted"])
            let refused = try await otherEar.nextJSON()
            #expect(refused["type"] == "error" && refused["message"] == "Trip not found.", "\(refused.text)")
            try await otherEar.say(["trip_id": trip, "driver_response_status": "perhaps"])
            #expect(try await otherEar.nextJSON()["code"] == "VALIDATION_ERROR")

            let stranger = try await server.customer()
            let strange = try await stranger.socket(Toota.Path.request)
            try await strange.say(["action": "confirm_driver", "trip_id": trip, "driver_id": .uuid(other.id)])
            #expect(try await strange.nextJSON()["message"] == "Trip not found.")
            try await socket.say(["action": "confirm_driver", "trip_id": trip, "driver_id": .uuid(other.id)])
            #expect(try await socket.nextJSON()["type"] == "error")
            #expect(try await scene.status(trip) == "accepted")
        }
    }

    @Test("K47: a driver who gives the trip back: choose again; a trip that ends before it began says so")
    func leftAlone() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let other = try await server.trucker("Barry Griffin")
            let (socket, _, trip, _) = try await scene.accepted()
            _ = try await socket.frames { $0["status"] == "accepted" }
            let driving = try await scene.driving(trip)
            try await driving.say(["trip_status": "cancelled"])
            let again = try await socket.nextJSON()
            try expectGolden(again, "no-answer")
            #expect(again["message"] == "Driver cancelled the trip - select another driver")
            #expect(again["available_drivers"]?.array?.map { $0["id"] } == [.uuid(other.id)])
            let path = Scene.path(Toota.Path.status, trip)
            #expect(try await scene.user.ask("POST", path, ["status": "cancelled"]).status == 200)
            let ended = try await socket.nextJSON()
            #expect(ended == ["type": "trip_status_update", "trip_id": trip, "status": "cancelled"])
        }
    }

    @Test("A20: a request that is withdrawn is said to be void")
    func withdrawn() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let ear = try await scene.driver.socket(Toota.Path.response)
            let (_, trip, _) = try await scene.asked()
            _ = try await ear.nextJSON()
            let path = Scene.path(Toota.Path.status, trip)
            #expect(try await scene.user.ask("POST", path, ["status": "cancelled"]).status == 200)
            let void = try await ear.nextJSON()
            #expect(void["type"] == "trip_request_withdrawn" && void["trip_id"] == trip)
        }
    }

    /// A client whose pongs never arrive, so that nothing it is told counts as received.
    private func deaf(_ user: Person) async throws -> SocketClient {
        try await SocketClient.connect(
            host: "127.0.0.1", port: user.server.port, path: Toota.Path.request,
            headers: [("Authorization", "Bearer \(user.token)")], answersPings: false)
    }

    /// A trip that this driver was asked for, and to which he has said no.
    private func refused(_ user: SocketClient, _ driver: SocketClient, by id: JSON) async throws -> JSON {
        try await user.say(Scene.create())
        let trip = try #require(try await user.frames { $0["user_info"] != nil }.last?["trip_id"])
        try await user.say(["action": "confirm_driver", "trip_id": trip, "driver_id": id])
        _ = try await driver.frames { $0["type"] == "new_trip_request" }
        try await driver.say(["trip_id": trip, "driver_response_status": "rejected"])
        _ = try await driver.frames { $0["status"] == "rejected" }
        _ = try await user.frames { $0["message"]?.string?.contains("rejected") == true }
        return trip
    }

    @Test("A27: a no after which another driver was chosen is not said again to who comes back")
    func overtaken() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let other = try await server.trucker("Barry Griffin")
            let ear = try await scene.driver.socket(Toota.Path.response)
            let socket = try await deaf(scene.user)
            let first = try await refused(socket, ear, by: scene.driverID)
            try await socket.say(["action": "confirm_driver", "trip_id": first, "driver_id": .uuid(other.id)])
            _ = try await socket.frames { $0["message"] == "Awaiting driver response" }
            let second = try await refused(socket, ear, by: scene.driverID)
            try await socket.close()

            // Of the second trip nobody is asked: that no still stands, and comes after the other's.
            let back = try await scene.user.socket(Toota.Path.request)
            let told = try await back.frames { $0["available_drivers"] != nil }
            #expect(told.last?["trip_id"] == second)
        }
    }

    @Test("A27 K12: the server says that it is there; who comes back hears what he has missed")
    func comesBack() async throws {
        try await TestServer.with({ $0.sockets.appPingSeconds = 1 }) { server in
            let scene = try await Scene(server)
            let ear = try await scene.driver.socket(Toota.Path.response)
            let (socket, trip, _) = try await scene.asked()
            #expect(try await ear.frames { $0["type"] == "ping" }.last == ["type": "ping"])
            _ = try await socket.frames { $0["type"] == "ping" }
            try await socket.close()
            try await ear.say(["trip_id": trip, "driver_response_status": "accepted"])
            _ = try await ear.frames { $0["user_id"] != nil }
            let back = try await scene.user.socket(Toota.Path.request)
            let told = try await back.frames { $0["status"] == "accepted" }
            #expect(told.last?["trip_id"] == trip)
        }
    }
}
