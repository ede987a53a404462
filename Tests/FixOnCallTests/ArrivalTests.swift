import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("Positions, arrivals, and services that come to nothing", .server, .serialized)
struct ArrivalTests {
    /// A mechanic on his way to a customer.
    private struct Scene {
        let customer: Person
        let mechanic: Person
        let spot: GeoPoint
        let id: String
        var path: String { "/api/services/\(id)" }

        init() async throws {
            let server = try server()
            spot = try Spot.fresh()
            customer = try await server.customer()
            mechanic = try await server.provider(at: spot)
            let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
            id = try #require(service["id"]?.string)
            _ = try data(try await mechanic.ask("POST", path + "/accept"))
        }

        func seen(by person: Person) async throws -> JSON {
            try #require(try data(try await person.ask("GET", path))["service"])
        }

        func position(north degrees: Double = 0, ago: Double = 0) -> JSON {
            [
                "latitude": .double(spot.latitude + degrees), "longitude": .double(spot.longitude),
                "fix_at": .string(ISO8601.seconds(Date(timeIntervalSinceNow: -ago))),
            ]
        }
    }

    @Test("the service says when the mechanic is expected and whether he is heard of")
    func expected() async throws {
        let scene = try await Scene()
        let before = try await scene.seen(by: scene.customer)
        #expect(before["tracking_state"] == "stale")
        #expect(before["eta"]?["p50"] == 60 && before["eta"]?["p90"] == 90 && before["eta"]?["source"] == "estimate")
        #expect(isTimestamp(before["eta"]?["arrives_at"]))
        #expect(before["eta"]?["promise_at"] == before["estimated_time"])
        _ = try data(try await scene.mechanic.ask("POST", "/api/mechanics/me/location", scene.position()))
        #expect(try await scene.seen(by: scene.customer)["tracking_state"] == "live")
    }

    @Test("positions of a dead zone are taken at once; the newest is where he is")
    func offline() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let mechanic = try await server.provider(at: spot)
        func position(_ degrees: Double, _ ago: Double) -> JSON {
            [
                "latitude": .double(spot.latitude + degrees), "longitude": .double(spot.longitude),
                "fix_at": .string(ISO8601.seconds(Date(timeIntervalSinceNow: -ago))),
            ]
        }
        let sent: JSON = ["positions": [position(0.002, 20), position(0.003, 10), position(0.001, 30)]]
        let answer = try data(try await mechanic.ask("POST", "/api/mechanics/me/location", sent))
        let shown = try #require(answer["mechanic"]?["location"]?["latitude"]?.double)
        #expect(abs(shown - spot.latitude - 0.003) < 1e-9)
        let many = JSON.array(Array(repeating: position(0, 5), count: 101))
        for (bad, field) in [
            ([], "positions"), (many, "positions"), ("here", "positions"), ([7], "positions[0]"),
            ([["latitude": 1]], "positions[0].longitude"),
            ([position(0, 5), position(0, 90_000)], "positions[1].fix_at"),
            ([["latitude": 0, "longitude": 0]], "positions[0].latitude"),
        ] as [(JSON, String)] {
            expectProblem(
                try await mechanic.ask("POST", "/api/mechanics/me/location", ["positions": bad]), 422,
                "VALIDATION_ERROR", fields: [field], bad.text)
        }
    }

    @Test("at the pickup for twenty seconds: both find it in their lists, and the service shows it")
    func proposal() async throws {
        let scene = try await Scene()
        // After the acceptance, as far as a clock of whole seconds can tell, and ahead of ours by less than is allowed.
        let service = try await scene.seen(by: scene.customer)
        #expect(service["arrival_proposed_at"] == .null)
        let identifier = try #require(ObjectID(scene.id))
        _ = try await server().services.client.collection("services").updateOne(
            ["_id": .id(identifier)],
            ["$set": ["watch.started_at": .date(Date(timeIntervalSinceNow: -100))]])
        let sent: JSON = ["positions": [scene.position(ago: 60), scene.position(ago: 50), scene.position(ago: 35)]]
        _ = try data(try await scene.mechanic.ask("POST", "/api/mechanics/me/location", sent))
        #expect(isTimestamp(try await scene.seen(by: scene.customer)["arrival_proposed_at"]))
        for (person, title) in [(scene.mechanic, "Have you arrived?"), (scene.customer, "Mechanic close by")] {
            let list = try data(try await person.ask("GET", "/api/notifications/my-notifications"))
            let titles = list["notifications"]?.array?.compactMap { $0["title"]?.string } ?? []
            #expect(titles.filter { $0 == title }.count == 1, "\(titles)")
        }
    }

    @Test("T4: arrived from five kilometres away is 409, and so it stays when a program says that he is there")
    func elsewhere() async throws {
        let scene = try await Scene()
        let status = scene.path + "/status"
        _ = try data(try await scene.mechanic.ask("PUT", status, ["status": "en_route"]))
        let away: JSON = [
            "latitude": .double(scene.spot.latitude + 0.045), "longitude": .double(scene.spot.longitude),
        ]
        _ = try data(try await scene.mechanic.ask("POST", "/api/mechanics/me/location", away))
        expectProblem(try await scene.mechanic.ask("PUT", status, ["status": "arrived"]), 409, "NOT_AT_SCENE")
        let made: JSON = [
            "latitude": .double(scene.spot.latitude), "longitude": .double(scene.spot.longitude), "is_mock": true,
        ]
        _ = try data(try await scene.mechanic.ask("POST", "/api/mechanics/me/location", made))
        expectProblem(try await scene.mechanic.ask("PUT", status, ["status": "arrived"]), 409, "NOT_AT_SCENE")
        #expect(try await scene.seen(by: scene.customer)["stage"] == "en_route")
        let admin = try await server().admin()
        _ = try data(try await admin.ask("PUT", status, ["status": "arrived"]))
        #expect(try await scene.seen(by: scene.customer)["stage"] == "arrived")
    }

    @Test("a mechanic who finds nobody waits and calls before he may say so; staff need not")
    func nobodyThere() async throws {
        let scene = try await Scene()
        let fail = scene.path + "/fail"
        expectProblem(
            try await scene.mechanic.ask("POST", fail, ["outcome": "gone_on_arrival"]), 409, "ILLEGAL_TRANSITION")
        _ = try data(try await scene.mechanic.ask("PUT", scene.path + "/status", ["status": "arrived"]))
        for outcome in ["gone_on_arrival", "no_show"] {
            let body: JSON = ["outcome": .string(outcome), "contact_attempted": true]
            expectProblem(try await scene.mechanic.ask("POST", fail, body), 409, "WAIT_NOT_OVER")
        }
        let identifier = try #require(ObjectID(scene.id))
        _ = try await server().services.client.collection("services").updateOne(
            ["_id": .id(identifier), "events.status": "arrived"],
            ["$set": ["events.$.at": .date(Date(timeIntervalSinceNow: -600))]])
        expectProblem(try await scene.mechanic.ask("POST", fail, ["outcome": "no_show"]), 409, "CONTACT_REQUIRED")
        let body: JSON = ["outcome": "no_show", "contact_attempted": true, "reason": "Called three times"]
        let service = try #require(try data(try await scene.mechanic.ask("POST", fail, body))["service"])
        #expect(service["outcome"] == "no_show" && service["stage"] == "failed" && service["status"] == "cancelled")
        let told = try data(try await scene.customer.ask("GET", "/api/notifications/my-notifications"))
        #expect(
            told["notifications"]?[0]?["message"] == "Your mechanic came and waited, and could not reach you.")
        expectProblem(try await scene.mechanic.ask("POST", fail, body), 409, "ILLEGAL_TRANSITION")

        let other = try await Scene()
        _ = try data(try await other.mechanic.ask("PUT", other.path + "/status", ["status": "arrived"]))
        let admin = try await server().admin()
        let ended = try data(try await admin.ask("POST", other.path + "/fail", ["outcome": "gone_on_arrival"]))
        #expect(ended["service"]?["outcome"] == "gone_on_arrival")
    }

    @Test("work that did not succeed needs no waiting; strangers, customers and unknown words are refused")
    func unsuccessful() async throws {
        let scene = try await Scene()
        let fail = scene.path + "/fail"
        _ = try data(try await scene.mechanic.ask("PUT", scene.path + "/status", ["status": "in_progress"]))
        expectProblem(try await scene.customer.ask("POST", fail, ["outcome": "unsuccessful"]), 403, "FORBIDDEN")
        let stranger = try await server().provider(at: Spot.fresh())
        expectProblem(try await stranger.ask("POST", fail, ["outcome": "unsuccessful"]), 404, "NOT_FOUND")
        for body in [[:], ["outcome": "bored"], ["outcome": 7]] as [JSON] {
            expectProblem(
                try await scene.mechanic.ask("POST", fail, body), 422, "VALIDATION_ERROR", fields: ["outcome"])
        }
        expectProblem(
            try await scene.mechanic.ask("POST", fail, ["outcome": "destination_refused"]), 409, "ILLEGAL_TRANSITION")
        let service = try data(try await scene.mechanic.ask("POST", fail, ["outcome": "unsuccessful"]))["service"]
        #expect(service?["outcome"] == "unsuccessful" && service?["tracking_state"] == "unassigned")
    }
}
