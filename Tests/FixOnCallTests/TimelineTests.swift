import BSON
import FixOnCallClient
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("The timeline of a service", .server, .serialized)
struct TimelineTests {
    @Test("the parties read every step with who made it and why; staff also whom it was offered to")
    func story() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (customer, admin) = (try await server.customer(), try await server.admin())
        let (near, far) = (try await server.provider(at: spot), try await server.provider(at: spot))
        let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
        let path = "/api/services/\(try #require(service["id"]?.string))"
        for mechanic in [near, far] {
            try await eventually("the mechanic is asked") {
                try await mechanic.ask("GET", path).status == 200
            }
        }
        _ = try data(try await far.ask("POST", path + "/decline", ["reason": "Too far away"]))
        _ = try data(try await near.ask("POST", path + "/accept"))
        _ = try data(try await customer.ask("POST", path + "/cancel", ["reason": "Friend came"]))

        var entries: [JSON] = []
        var query = "?limit=3"
        repeat {
            let page = try data(try await customer.ask("GET", path + "/timeline" + query))
            #expect(page["pagination"]?["total"] == 4)
            entries += try #require(page["timeline"]?.array)
            query = page["pagination"]?["next_cursor"]?.string.map { "?limit=3&cursor=\($0)" } ?? ""
        } while !query.isEmpty
        #expect(entries.map { $0["seq"]?.int } == [1, 2, 3, 4])
        #expect(entries.map { $0["stage"]?.string } == ["requested", "matching", "accepted", "cancelled"])
        #expect(entries.map { $0["by"]?.string } == ["driver", "driver", "mechanic", "driver"])
        #expect(entries[3]["reason"] == "Friend came" && isTimestamp(entries[3]["at"]))
        let told = names(in: .array(entries))
        #expect(told.isDisjoint(with: ["offers", "actor_id", "mechanic_id"]))

        let whole = try data(try await admin.ask("GET", path + "/timeline"))
        let staff = try #require(whole["timeline"]?.array)
        #expect(staff[2]["actor_id"]?.string == near.id)
        let offers = try #require(staff[1]["offers"]?.array)
        #expect(Set(offers.map { $0["mechanic_id"]?.string }) == [near.id, far.id])
        let declined = offers.first { $0["mechanic_id"]?.string == far.id }
        #expect(declined?["state"] == "declined" && declined?["reason"] == "Too far away")
        let document = try #require(try await server.http().get("/api/swagger.json").json)
        let schema: JSON = ["type": "array", "items": ["$ref": "#/components/schemas/TimelineEntry"]]
        for list in [JSON.array(entries), .array(staff)] {
            let faults = SchemaCheck(document, exact: true).faults(list, schema)
            #expect(faults.isEmpty, "\(faults)")
        }
    }

    @Test("it is nobody else's, takes any name of the service, and refuses a cursor that is none of ours")
    func refused() async throws {
        let server = try server()
        let (customer, stranger) = (try await server.customer(), try await server.customer())
        let service = try await customer.request()
        let number = try #require(service["number"]?.int)
        let named = try data(try await customer.ask("GET", "/api/services/\(number)/timeline"))
        #expect(named["timeline"]?.array?.count == 2)
        expectProblem(try await stranger.ask("GET", "/api/services/\(number)/timeline"), 404, "NOT_FOUND")
        for (query, field) in [
            ("cursor=x", "cursor"), ("cursor=-1", "cursor"), ("limit=0", "limit"), ("limit=101", "limit"),
        ] {
            expectProblem(
                try await customer.ask("GET", "/api/services/\(number)/timeline?\(query)"), 422, "VALIDATION_ERROR",
                fields: [field], query)
        }
    }
}
