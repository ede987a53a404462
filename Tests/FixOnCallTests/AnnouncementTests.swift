import BSON
import FixOnCallClient
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("Notifications to many, by template", .server, .serialized)
struct AnnouncementTests {
    private static let path = "/api/admin/notifications"

    private func body(_ key: String, to audience: JSON) -> JSON {
        [
            "key": .string(key), "template": "promotion",
            "parameters": ["percent": 15, "code": "KARIBU", "until": "2027-03-31"], "audience": audience,
        ]
    }

    @Test("who is meant finds it once, by list and as it happens; the progress is there to be read")
    func whole() async throws {
        let server = try server()
        let admin = try await server.admin()
        let people = [try await server.customer("One"), try await server.customer("Two")]
        let stranger = try await server.customer("Three")
        let key = ObjectID().hex
        let wanted = body(key, to: ["ids": .array(people.map { .string($0.id) })])
        let answer = try await admin.ask("POST", Self.path, wanted)
        let begun = try #require(try data(answer, 202)["notification"])
        #expect(begun["status"] == "running" && begun["recipients"] == 2)
        let place = try #require(answer.headers["Location"])
        try await eventually("everybody is told") {
            try await admin.ask("GET", place).json?["data"]?["notification"]?["status"] == "finished"
        }
        let done = try #require(try data(try await admin.ask("GET", place))["notification"])
        #expect(done["told"] == 2 && done["title"] == "15 % off your next service")
        // Again under the same key: the same, and nobody is told twice.
        let again = try #require(try data(try await admin.ask("POST", Self.path, wanted), 202)["notification"])
        #expect(again["id"] == begun["id"] && again["status"] == "finished")
        for person in people {
            let rows = try data(try await person.ask("GET", "/api/notifications/my-notifications"))["notifications"]
            #expect(rows?.array?.count == 1)
            #expect(rows?[0]?["title"] == "15 % off your next service" && rows?[0]?["type"] == "promotion")
        }
        let none = try data(try await stranger.ask("GET", "/api/notifications/my-notifications"))["notifications"]
        #expect(none == [])
        expectProblem(
            try await admin.ask("POST", Self.path, body(key, to: ["user_type": "all"])), 409, "CONFLICT")
    }

    @Test("mechanics of an area are told, others are not")
    func area() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let admin = try await server.admin()
        let (near, far) = (try await server.provider(at: spot), try await server.provider(at: Spot.fresh()))
        let audience: JSON = [
            "area": ["latitude": .double(spot.latitude), "longitude": .double(spot.longitude), "radius_km": 5]
        ]
        let begun = try data(try await admin.ask("POST", Self.path, body(ObjectID().hex, to: audience)), 202)
        #expect(begun["notification"]?["recipients"] == 1)
        try await eventually("the mechanic there is told") {
            let rows = try await near.ask("GET", "/api/notifications/my-notifications").json?["data"]?["notifications"]
            return rows?.array?.count == 1
        }
        #expect(try data(try await far.ask("GET", "/api/notifications/my-notifications"))["notifications"] == [])
    }

    private static let wrong: [(JSON, Set<String>)] = [
        (["key": nil], ["key"]), (["key": "a b"], ["key"]), (["key": ["$ne": 1]], ["key"]),
        (["template": "nothing"], ["template"]), (["template": 5], ["template"]),
        (["parameters": nil], ["parameters"]), (["parameters": []], ["parameters"]),
        (
            ["parameters": ["percent": "15", "code": ["$ne": 1], "until": 5]],
            ["parameters.percent", "parameters.code", "parameters.until"]
        ),
        (["audience": nil], ["audience"]), (["audience": [:]], ["audience.user_type"]),
        (["audience": ["user_type": "ADMIN"]], ["audience.user_type"]),
        (["audience": ["user_type": "all", "ids": ["1"]]], ["audience.user_type"]),
        (["audience": ["ids": ["nobody"]]], ["audience.ids"]), (["audience": ["ids": []]], ["audience.ids"]),
        (["audience": ["ids": ["65a50b2c9f1d4e0012345678"]]], ["audience.ids"]),
        (
            ["audience": ["area": ["latitude": 91, "longitude": 0, "radius_km": 0]]],
            ["audience.area.latitude", "audience.area.radius_km"]
        ),
    ]

    @Test("wrong fields are named, all at once, and nothing is begun", arguments: wrong.indices)
    func wrongFields(index: Int) async throws {
        let (members, fields) = Self.wrong[index]
        let admin = try await server().admin()
        var wanted = body(ObjectID().hex, to: ["user_type": "partner"])
        for member in members.object ?? [] { wanted.add(member.name, member.value) }
        expectProblem(
            try await admin.ask("POST", Self.path, wanted), 422, "VALIDATION_ERROR", fields: fields, members.text)
    }
}
