import BSON
import FixOnCallClient
import FixOnCallServer
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing
import Toota

@Suite("Toota: a trip on its way")
struct StatusSocketTests {
    @Test("A23 A24 A25 A26 A29: from acceptance to the end, with cash at the pickup, as both sides hear it")
    func wholeTrip() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (_, _, trip, _) = try await scene.accepted()
            let watching = try await scene.user.socket(Scene.path(Toota.Path.userStatus, trip))
            #expect(try await watching.nextJSON() == ["trip_id": trip, "trip_status": "accepted"])
            let driving = try await scene.driver.socket(Scene.path(Toota.Path.driverStatus, trip))
            #expect(try await driving.nextJSON() == ["trip_id": trip, "trip_status": "accepted"])

            try await driving.say(["trip_status": "arrived at pickup"])
            #expect(try await driving.nextJSON() == ["trip_id": trip, "trip_status": "arrived at pickup"])
            let collect = try await driving.nextJSON()
            try expectGolden(collect, "collect-payment")
            #expect(collect["message"] == "You must collect payment from user before pickup")
            #expect(collect["payment_status"] == "arrived at pickup" && collect["trip_id"] == trip)
            let pay = try await watching.frames { $0["payment_status"] != nil }
            try expectGolden(try #require(pay.last), "make-payment")
            #expect(pay.last?["message"] == "You must make payment before trip starts")

            // Not before the money.
            try await driving.say(["trip_status": "in_progress"])
            let again = try await driving.nextJSON()
            #expect(again == collect)
            #expect(try await scene.status(trip) == "arrived at pickup")
            try await driving.say(["payment_status": "paid"])
            #expect(try await driving.nextJSON() == ["trip_id": trip, "trip_status": "arrived at pickup"])

            for word in ["in_progress", "arrived at destination", "completed"] as [JSON] {
                try await driving.say(["trip_status": word])
                let done = try await driving.nextJSON()
                try expectGolden(done, "status-update")
                #expect(done == ["trip_id": trip, "trip_status": word])
                // Each word once, in order.
                let heard = try await watching.nextJSON()
                #expect(heard == done)
            }
            #expect(try await scene.status(trip) == "completed")
        }
    }

    @Test("A23: the user cancels: his driver hears it; after that nothing can be led on")
    func cancelled() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (_, _, trip, _) = try await scene.accepted()
            let driving = try await scene.driving(trip)
            let path = Scene.path(Toota.Path.status, trip)
            #expect(try await scene.user.ask("POST", path, ["status": "cancelled"]).status == 200)
            #expect(try await driving.nextJSON() == ["trip_id": trip, "trip_status": "cancelled"])
            try await driving.say(["trip_status": "completed"])
            #expect(try await driving.nextJSON()["type"] == "error")
        }
    }

    @Test("A23: what is no word of ours is an error, and the socket stays")
    func malformed() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (_, _, trip, _) = try await scene.accepted()
            let driving = try await scene.driving(trip)
            for body in [["trip_status": "flying"], ["trip_status": 7], [:], ["payment_status": "later"]] as [JSON] {
                try await driving.say(body)
                #expect(try await driving.nextJSON()["code"] == "VALIDATION_ERROR", "\(body.text)")
            }
            try await driving.say(["trip_status": "on the way"])
            #expect(try await driving.nextJSON() == ["trip_id": trip, "trip_status": "on the way"])
        }
    }

    @Test("A23 A25: a trip of others is 404 before the upgrade, also to a driver who is only being asked")
    func foreign() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (_, trip, _) = try await scene.asked()
            let stranger = try await server.customer()
            for (person, template, name) in [
                (scene.driver, Toota.Path.driverStatus, trip), (stranger, Toota.Path.userStatus, trip),
                (scene.user, Toota.Path.userStatus, "65a50b2c9f1d4e0012345678"),
                (scene.user, Toota.Path.userStatus, "nonsense"),
            ] {
                let refused = try await refusal { _ = try await person.socket(Scene.path(template, name)) }
                #expect(refused.status == 404, "\(template) \(name.text)")
                let body = try JSON.parse(refused.body)
                #expect(body["error"] == "Trip not found.", "\(body.text)")
            }
        }
    }

    @Test("A25 A27: who comes back hears first where the trip stands")
    func comesBack() async throws {
        try await TestServer.with { server in
            let scene = try await Scene(server)
            let (_, _, trip, _) = try await scene.accepted()
            let first = try await scene.user.socket(Scene.path(Toota.Path.userStatus, trip))
            _ = try await first.nextJSON()
            try await first.close()
            let driving = try await scene.driving(trip)
            try await driving.say(["trip_status": "arrived at pickup"])
            _ = try await driving.frames { $0["payment_status"] != nil }
            let back = try await scene.user.socket(Scene.path(Toota.Path.userStatus, trip))
            try expectGolden(try await back.nextJSON(), "make-payment")
        }
    }
}
