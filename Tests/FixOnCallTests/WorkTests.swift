import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import MongoTesting
import Roadside
import RoadsideTesting
import Testing

@Suite("What a mechanic says of his work", .server, .serialized)
struct WorkTests {
    private func me(_ answer: HTTPAnswer) throws -> JSON { try #require(try data(answer)["mechanic"]) }

    @Test("U17, U18: on duty, off duty and left alone; one's own view counts the minutes")
    func duty() async throws {
        let mechanic = try await server().provider(at: Spot.fresh())
        let path = "/api/mechanics/me/duty"
        let off = try me(try await mechanic.ask("POST", path, ["on_duty": false]))
        #expect(off["availability"] == "offline" && off["work"]?["on_duty"] == false)
        #expect(off["work"]?["on_duty_since"] == .null)
        let on = try me(try await mechanic.ask("POST", path, ["on_duty": true, "quiet": true]))
        #expect(on["availability"] == "available" && on["work"]?["on_duty"] == true)
        #expect(on["work"]?["quiet"] == true && isTimestamp(on["work"]?["on_duty_since"]))
        #expect(on["work"]?["duty_minutes_used"] == 0)
        #expect(on["work"]?["duty_minutes_left"] == 720)
        let loud = try me(try await mechanic.ask("POST", path, ["quiet": false]))
        #expect(loud["work"]?["quiet"] == false && loud["availability"] == "available")
        #expect(try me(try await mechanic.ask("GET", "/api/mechanics/me")) == loud)
        expectProblem(try await mechanic.ask("POST", path, [:]), 422, "VALIDATION_ERROR", fields: ["on_duty"])
        expectProblem(try await mechanic.ask("POST", path, ["on_duty": "yes"]), 422, fields: ["on_duty"])
    }

    @Test("a word about duty beside a job: off is refused, quiet is heard")
    func dutyDuringJob() async throws {
        let server = try server()
        let (customer, mechanic) = try await (server.customer(), server.provider(at: Spot.fresh()))
        let profile = try me(try await mechanic.ask("GET", "/api/mechanics/me"))
        let place = try #require(profile["location"])
        let opened = try data(
            try await customer.ask(
                "POST", "/api/services/request",
                ["service_type": "breakdown", "location": place.adding("address", "Nairobi")]), 201)
        let id = try #require(opened["service"]?["id"]?.string)
        _ = try data(try await mechanic.ask("POST", "/api/services/\(id)/accept"))
        expectProblem(
            try await mechanic.ask("POST", "/api/mechanics/me/duty", ["on_duty": false]), 409, "PROVIDER_BUSY")
        let quiet = try me(try await mechanic.ask("POST", "/api/mechanics/me/duty", ["on_duty": true, "quiet": true]))
        #expect(quiet["work"]?["quiet"] == true && quiet["availability"] == "busy")
        // U23.
        for (method, path, body) in [
            ("PUT", "licence", ["classes": ["B"], "number": "DL-12345", "expires_on": "2031-01-31"]),
            ("PUT", "equipment", ["equipment": []]), ("POST", "vehicle", ["vehicle_id": nil]),
        ] as [(String, String, JSON)] {
            expectProblem(
                try await mechanic.ask(method, "/api/mechanics/me/\(path)", body), 409, "PROVIDER_BUSY", path)
        }
    }

    @Test("U17: shifts are replaced as a whole, read back as said, and wrong ones are named one by one")
    func shifts() async throws {
        let mechanic = try await server().provider()
        let path = "/api/mechanics/me/shifts"
        #expect(try data(try await mechanic.ask("GET", path))["shifts"] == [])
        let week: JSON = [
            ["days": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00"], ["days": [6], "from": "22:00", "to": "06:00"],
        ]
        let told = try me(try await mechanic.ask("PUT", path, ["shifts": week]))
        #expect(told["work"]?["shifts"] == week)
        #expect(try data(try await mechanic.ask("GET", path))["shifts"] == week)
        expectProblem(
            try await mechanic.ask(
                "PUT", path,
                [
                    "shifts": [
                        ["days": [0], "from": "8", "to": "18:00"], 7, ["days": [], "from": "08:00", "to": "25:00"],
                    ]
                ]), 422, "VALIDATION_ERROR", fields: ["shifts[0].days", "shifts[0].from", "shifts[1]", "shifts[2].to"])
        expectProblem(
            try await mechanic.ask("PUT", path, ["shifts": [["days": [], "from": "08:00", "to": "09:00"]]]), 422,
            fields: ["shifts[0].days"])
        expectProblem(try await mechanic.ask("PUT", path, [:]), 422, fields: ["shifts"])
        #expect(try data(try await mechanic.ask("GET", path))["shifts"] == week)
        let free = try me(try await mechanic.ask("PUT", path, ["shifts": []]))
        #expect(free["work"]?["shifts"] == [] && free["work"]?["is_on_shift"] == true)
    }

    @Test("U23: a licence in full to himself and staff, its number masked to others, and his day to nobody else")
    func licence() async throws {
        let server = try server()
        let (customer, mechanic, admin) = try await (server.customer(), server.provider(), server.admin())
        let path = "/api/mechanics/me/licence"
        let told = try me(
            try await mechanic.ask(
                "PUT", path, ["classes": ["b", "C"], "number": "DL-0012678", "expires_on": "2031-03-31"]))
        let licence: JSON = ["classes": ["B", "C"], "number": "DL-0012678", "expires_on": "2031-03-31"]
        #expect(told["licence"] == licence)
        let seen = try me(try await customer.ask("GET", "/api/mechanics/\(mechanic.id)"))
        #expect(seen["licence"] == licence.adding("number", "•••678"))
        #expect(seen["work"] == .null)
        let staff = try me(try await admin.ask("GET", "/api/mechanics/\(mechanic.id)"))
        #expect(staff["licence"] == licence && staff["work"]?["duty_minutes_used"] != nil)
        expectProblem(
            try await mechanic.ask("PUT", path, ["classes": [], "number": "1", "expires_on": "31.3.2031"]), 422,
            fields: ["classes", "number", "expires_on"])
        expectProblem(try await mechanic.ask("PUT", path), 422, fields: ["classes", "number", "expires_on"])
        let tools = try me(try await mechanic.ask("PUT", "/api/mechanics/me/equipment", ["equipment": ["Winch"]]))
        #expect(tools["equipment"] == ["winch"])
        expectProblem(
            try await mechanic.ask("PUT", "/api/mechanics/me/equipment", ["equipment": ["crane"]]), 422,
            fields: ["equipment"])
    }

    @Test("U15: who falls silent is off duty and finds out why; who has no live position is left alone")
    func silence() async throws {
        try await TestServer.with({ $0.providers.offlineSeconds = 5 }) { server in
            let (silent, base) = try await (server.provider(), server.provider())
            let overdue: JSON = [
                "latitude": -1.29, "longitude": 36.82,
                "fix_at": .string(ISO8601.seconds(Date(timeIntervalSinceNow: -3600))),
            ]
            let live = try me(try await silent.ask("POST", "/api/mechanics/me/location", overdue))
            #expect(live["work"]?["position_state"] == "stale")
            _ = try await server.roadside.providers.retireSilent()
            let gone = try me(try await silent.ask("GET", "/api/mechanics/me"))
            #expect(gone["availability"] == "offline" && gone["work"]?["on_duty"] == false)
            let rows = try data(try await silent.ask("GET", "/api/notifications/my-notifications"))["notifications"]
            #expect(rows?.array?.compactMap { $0["title"]?.string } == ["You are off duty"])
            #expect(rows?[0]?["type"] == "account" && rows?[0]?["data"] == [:])
            let other = try me(try await base.ask("GET", "/api/mechanics/me"))
            #expect(other["availability"] == "available" && other["work"]?["position_state"] == "base")
        }
    }

    @Test("a server that starts takes those off duty who fell silent while none was running")
    func overdueAtBoot() async throws {
        try await TestServer.with { first in
            let mechanic = try await first.provider()
            let overdue: JSON = [
                "latitude": -1.29, "longitude": 36.82,
                "fix_at": .string(ISO8601.seconds(Date(timeIntervalSinceNow: -3600))),
            ]
            _ = try me(try await mechanic.ask("POST", "/api/mechanics/me/location", overdue))
            let second = try await TestServer.start(on: first.database)
            try await eventually("the second server has taken him off duty") {
                try me(try await mechanic.ask("GET", "/api/mechanics/me"))["availability"] == "offline"
            }
            await second.halt()
        }
    }
}
