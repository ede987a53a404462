import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("F8: calls for help in danger", .server, .serialized)
struct EmergencyTests {
    @Test(
        "a call reaches an admin's socket at once, with the way to whoever is in danger; the answer comes back to him")
    func life() async throws {
        let server = try server()
        let (admin, scene) = (try await server.admin(), try await Parties().accepted())
        let live = try await Live.open(admin)
        try await live.resume(live.head)
        let answer = try await scene.customer.ask(
            "POST", "/api/emergency",
            [
                "service_id": .string(scene.id), "location": ["latitude": -1.2921, "longitude": 36.8219],
                "message": "Two men are following me",
            ])
        let raised = try data(answer, 201)
        let emergency = try #require(raised["emergency"])
        let id = try #require(emergency["id"]?.string)
        #expect(
            emergency["status"] == "open" && emergency["service_id"]?.string == scene.id && raised["joined"] == false)
        #expect(answer.headers["Location"] == "/api/emergency/\(id)")
        let frame = try await live.next()
        #expect(frame["k"] == "emergency.alert" && frame["d"]?["type"] == "emergency")
        #expect(frame["d"]?["data"]?["emergency_id"]?.string == id)
        #expect(frame["d"]?["data"]?["location"]?["latitude"] == -1.2921)
        #expect(names(in: frame).isDisjoint(with: ["phone", "email"]))
        let listed = try data(try await admin.ask("GET", "/api/admin/emergencies?status=open&per_page=1"))
        #expect(listed["emergencies"]?[0]?["phone"]?.string == scene.customer.phone)
        #expect(listed["emergencies"]?[0]?["timeline"]?[0]?["event"] == "raised")

        let again = try data(try await scene.customer.ask("POST", "/api/emergency", ["message": "Come"]), 201)
        #expect(again["joined"] == true && again["emergency"]?["id"] == emergency["id"])
        #expect(again["emergency"]?["message"] == "Come")

        let path = "/api/admin/emergencies/\(id)"
        let taken = try data(try await admin.ask("POST", path + "/acknowledge", ["note": "Police come"]))
        #expect(taken["emergency"]?["status"] == "acknowledged")
        let told = try await scene.newest(of: scene.customer)
        #expect(told["title"] == "Help is coming" && told["message"]?.string?.contains("Police come") == true)
        expectProblem(try await admin.ask("POST", path + "/acknowledge"), 409, "CONFLICT")
        expectProblem(try await admin.ask("POST", path + "/resolve"), 422, fields: ["note"])
        let over = try data(try await admin.ask("POST", path + "/resolve", ["note": "She is safe"]))
        #expect(over["emergency"]?["status"] == "resolved")
        #expect(over["emergency"]?["timeline"]?.array?.last?["note"] == "She is safe")
        expectProblem(try await admin.ask("POST", path + "/resolve", ["note": "Again"]), 409, "CONFLICT")
        #expect(try await scene.newest(of: scene.customer)["title"] == "Emergency over")
        let own = try data(try await scene.customer.ask("GET", "/api/emergency/\(id)"))["emergency"]
        #expect(own?["status"] == "resolved")
        expectProblem(try await scene.mechanic.ask("GET", "/api/emergency/\(id)"), 404)
    }

    @Test("T1: a service that is somebody else's, places that are none, and desks that are not one's own")
    func refusals() async throws {
        let scene = try await Parties().accepted()
        let stranger = try await server().customer()
        expectProblem(
            try await stranger.ask("POST", "/api/emergency", ["service_id": .string(scene.id)]), 404, "NOT_FOUND")
        expectProblem(
            try await stranger.ask("POST", "/api/emergency", ["location": ["latitude": 91, "longitude": 0]]), 422,
            fields: ["location.latitude"])
        expectProblem(
            try await stranger.ask("POST", "/api/emergency", ["message": .string(String(repeating: "a", count: 501))]),
            422, fields: ["message"])
        for person in [scene.customer, scene.mechanic] {
            expectProblem(try await person.ask("GET", "/api/admin/emergencies"), 403, "FORBIDDEN")
            _ = try data(try await person.ask("POST", "/api/emergency", ["service_id": .string(scene.id)]), 201)
        }
        let admin = try await server().admin()
        expectProblem(try await admin.ask("GET", "/api/admin/emergencies?status=odd"), 422, fields: ["status"])
        expectProblem(try await admin.ask("POST", "/api/admin/emergencies/\(scene.id)/acknowledge"), 404)
    }

    @Test("whom one trusts: by phone or by e-mail, one's own, and told when the address is proven")
    func contacts() async throws {
        let server = try server()
        let (person, friend) = (try await server.customer(), try await server.customer("Friend"))
        let path = "/api/auth/trusted-contacts"
        let added = try data(
            try await person.ask("POST", path, ["name": "Friend", "email": .string(friend.email)]), 201)["contact"]
        #expect(added?["email"]?.string == friend.email && added?["phone"] == .null)
        expectProblem(
            try await person.ask("POST", path, ["name": "Friend", "email": .string(friend.email)]), 409, "CONFLICT")
        for body in [
            ["name": "F"], ["name": "F", "phone": "0712345678", "email": "a@example.com"],
            ["name": "F", "phone": "12"],
        ] as [JSON] {
            expectProblem(try await person.ask("POST", path, body), 422, fields: ["phone"], body.text)
        }
        _ = try data(try await person.ask("POST", path, ["name": "B", "phone": "0712 000 111"]), 201)
        let listed = try data(try await person.ask("GET", path))
        #expect(listed["count"] == 2 && listed["contacts"]?[1]?["phone"] == "+254712000111")
        #expect(try data(try await friend.ask("GET", path))["count"] == 0)

        // Registered is not proven: whoever claims somebody's address is told nothing.
        _ = try data(try await person.ask("POST", "/api/emergency"), 201)
        #expect(try await friend.rows(where: ["kind": "emergency.alert"]) == 0)
        let id = try #require(added?["id"]?.string)
        expectProblem(try await friend.ask("DELETE", "\(path)/\(id)"), 404)
        _ = try data(try await person.ask("DELETE", "\(path)/\(id)"))
        expectProblem(try await person.ask("DELETE", "\(path)/\(id)"), 404)
    }
}
