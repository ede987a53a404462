import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("Fleets over the wire", .server, .serialized)
struct CompanyTests {
    /// An owner with a company, and a mechanic who has joined it.
    private func cast() async throws -> (owner: Person, crew: Person) {
        let server = try server()
        let (owner, crew) = try await (
            server.provider("Owner", at: Spot.fresh()), server.provider("Crew", at: Spot.fresh())
        )
        let made = try await owner.ask("POST", "/api/companies", ["name": "Karibu Towing"])
        let company = try data(made, 201)["company"]
        #expect(made.headers["Location"] == "/api/companies/mine")
        let id = try #require(company?["id"]?.string)
        _ = try data(try await owner.ask("POST", "/api/companies/mine/members", ["mechanic_id": .string(crew.id)]))
        _ = try data(try await crew.ask("POST", "/api/companies/\(id)/join"))
        return (owner, crew)
    }

    private func plate() -> String { "K" + ObjectID().hex.suffix(8) }

    private func addTruck(_ owner: Person, _ plate: String) async throws -> JSON {
        let answer = try await owner.ask(
            "POST", "/api/companies/mine/vehicles",
            [
                "license_plate": .string(plate), "type": "flatbed", "tow_class": "Heavy", "capacity_kg": 8000,
                "equipment": ["winch"],
            ])
        let truck = try #require(try data(answer, 201)["vehicle"])
        #expect(answer.headers["Location"] == "/api/companies/mine/vehicles/\(truck["id"]?.string ?? "")")
        return truck
    }

    @Test("an invitation is told, listed, accepted or declined, and nobody is in a company without his own word")
    func membership() async throws {
        let server = try server()
        let (owner, crew) = try await (server.provider("Owner"), server.provider("Crew"))
        expectProblem(try await owner.ask("GET", "/api/companies/mine"), 404, "NOT_FOUND")
        let company = try data(try await owner.ask("POST", "/api/companies", ["name": "Karibu Towing"]), 201)["company"]
        let id = try #require(company?["id"]?.string)
        expectProblem(try await owner.ask("POST", "/api/companies", ["name": "Second"]), 409, "CONFLICT")
        expectProblem(try await crew.ask("POST", "/api/companies/\(id)/join"), 404)

        let body: JSON = ["mechanic_id": .int(crew.number), "role": "manager"]
        let invited = try data(try await owner.ask("POST", "/api/companies/mine/members", body))["company"]
        #expect(invited?["members"]?[1]?["has_joined"] == false)
        #expect(invited?["members"]?[1]?["availability"] == .null)
        expectProblem(try await owner.ask("POST", "/api/companies/mine/members", body), 409)
        let offers = try data(try await crew.ask("GET", "/api/companies/invitations"))["invitations"]
        #expect(offers?.array?.count == 1 && offers?[0]?["id"] == .string(id) && offers?[0]?["role"] == "manager")
        let told = try data(try await crew.ask("GET", "/api/notifications/my-notifications"))["notifications"]?[0]
        #expect(told?["message"]?.string?.hasPrefix("Karibu Towing invites you") == true)
        _ = try data(try await crew.ask("POST", "/api/companies/\(id)/decline"))
        expectProblem(try await crew.ask("POST", "/api/companies/\(id)/join"), 404)

        _ = try data(try await owner.ask("POST", "/api/companies/mine/members", body))
        let joined = try data(try await crew.ask("POST", "/api/companies/\(id)/join"))["company"]
        #expect(joined?["role"] == "manager" && joined?["members"]?.array?.count == 2)
        let own = try data(try await crew.ask("GET", "/api/mechanics/me"))["mechanic"]
        #expect(own?["work"]?["company_id"] == .string(id))
        for bad in [["mechanic_id": "nobody"], ["mechanic_id": 999_999], ["role": "crew"]] as [JSON] {
            expectProblem(
                try await owner.ask("POST", "/api/companies/mine/members", bad), 422, fields: ["mechanic_id"])
        }
        expectProblem(
            try await owner.ask("POST", "/api/companies/mine/members", ["mechanic_id": 1, "role": "owner"]), 422,
            fields: ["role"])
    }

    @Test("who manages sees where the members stand; crew do not, and manage nothing")
    func roles() async throws {
        let (owner, crew) = try await cast()
        let seen = try data(try await owner.ask("GET", "/api/companies/mine"))["company"]
        #expect(seen?["members"]?[1]?["availability"] == "available")
        #expect(seen?["members"]?[1]?["position_state"] == "base")
        let own = try data(try await crew.ask("GET", "/api/companies/mine"))["company"]
        #expect(own?["members"]?[0]?["availability"] == .null && own?["members"]?[1]?["availability"] == "available")
        for (method, path, body) in [
            ("PUT", "", ["name": "Mine"]), ("DELETE", "", nil), ("POST", "/members", ["mechanic_id": 1]),
            ("PUT", "/members/\(owner.id)", ["role": "crew"]), ("DELETE", "/members/\(owner.id)", nil),
            ("POST", "/vehicles", ["license_plate": "KXX1", "type": "van"]),
        ] as [(String, String, JSON?)] {
            expectProblem(
                try await crew.ask(method, "/api/companies/mine\(path)", body), 403, "FORBIDDEN", "\(method) \(path)")
        }
        let raised = try await owner.ask("PUT", "/api/companies/mine/members/\(crew.number)", ["role": "manager"])
        #expect(try data(raised)["company"]?["members"]?[1]?["role"] == "manager")
        let renamed = try await crew.ask("PUT", "/api/companies/mine", ["name": "Asante"])
        #expect(try data(renamed)["company"]?["name"] == "Asante")
        for (method, path) in [("DELETE", "/members/\(owner.id)"), ("DELETE", ""), ("POST", "/leave")] {
            let by = path.isEmpty || path == "/leave" ? owner : crew
            expectProblem(try await by.ask(method, "/api/companies/mine\(path)"), 409, "CONFLICT", path)
        }
        _ = try data(try await crew.ask("POST", "/api/companies/mine/leave"))
        expectProblem(try await crew.ask("GET", "/api/companies/mine"), 404)
        _ = try data(try await owner.ask("DELETE", "/api/companies/mine"))
        expectProblem(try await owner.ask("GET", "/api/companies/mine"), 404)
    }

    @Test("trucks: added, changed, boarded by one at a time, and gone; another company's are not there")
    func trucks() async throws {
        let (owner, crew) = try await cast()
        let plate = plate()
        let truck = try await addTruck(owner, plate)
        let id = try #require(truck["id"]?.string)
        #expect(truck["license_plate"] == .string(plate.uppercased()) && truck["tow_class"] == "heavy")
        #expect(truck["crew_id"] == .null)
        let again = try await owner.ask(
            "POST", "/api/companies/mine/vehicles", ["license_plate": .string(plate), "type": "van"])
        expectProblem(again, 409, "CONFLICT")
        expectProblem(
            try await owner.ask(
                "POST", "/api/companies/mine/vehicles",
                ["license_plate": "?", "type": "van", "tow_class": "feather", "equipment": ["crane"]]), 422,
            fields: ["license_plate", "tow_class", "equipment"])
        expectProblem(
            try await owner.ask("POST", "/api/companies/mine/vehicles", ["capacity_kg": 0]), 422,
            fields: ["license_plate", "type", "capacity_kg"])

        let boarded = try await crew.ask("POST", "/api/mechanics/me/vehicle", ["vehicle_id": .string(id)])
        let vehicle = try data(boarded)["mechanic"]?["work"]?["vehicle"]
        #expect(vehicle == truck.adding("crew_id", .string(crew.id)))
        expectProblem(
            try await owner.ask("POST", "/api/mechanics/me/vehicle", ["vehicle_id": .string(id)]), 409, "CONFLICT")
        expectProblem(
            try await owner.ask("POST", "/api/mechanics/me/vehicle", [:]), 422, fields: ["vehicle_id"])
        let path = "/api/companies/mine/vehicles/\(id)"
        let changed = try await owner.ask("PUT", path, ["license_plate": .string(plate), "type": "Wrecker"])
        #expect(try data(changed)["vehicle"]?["tow_class"] == .null)
        let seen = try data(try await crew.ask("GET", path))["vehicle"]
        #expect(seen?["type"] == "Wrecker" && seen?["crew_id"] == .string(crew.id))
        #expect(try data(try await owner.ask("GET", "/api/companies/mine"))["company"]?["vehicles"] == [seen ?? [:]])

        let (rival, _) = try await cast()
        for (method, path, body) in [
            ("GET", path, nil), ("PUT", path, ["license_plate": "KZZ1", "type": "van"]), ("DELETE", path, nil),
            ("POST", "/api/mechanics/me/vehicle", ["vehicle_id": .string(id)]),
            ("GET", "/api/companies/mine/vehicles/1", nil),
        ] as [(String, String, JSON?)] {
            expectProblem(try await rival.ask(method, path, body), 404, "NOT_FOUND", "\(method) \(path)")
        }
        let out = try data(try await crew.ask("POST", "/api/mechanics/me/vehicle", ["vehicle_id": nil]))
        #expect(out["mechanic"]?["work"]?["vehicle"] == .null)
        _ = try data(try await owner.ask("DELETE", path))
        expectProblem(try await owner.ask("GET", path), 404)
    }

    @Test("U14, U23: a job names the truck, and neither truck nor member goes while it lasts")
    func duringJob() async throws {
        let server = try server()
        let (owner, crew) = try await cast()
        let id = try #require(try await addTruck(owner, plate())["id"]?.string)
        let boarded = try data(try await crew.ask("POST", "/api/mechanics/me/vehicle", ["vehicle_id": .string(id)]))
        let place = try #require(boarded["mechanic"]?["location"]).adding("address", "Nairobi")
        let customer = try await server.customer()
        let opened = try data(
            try await customer.ask(
                "POST", "/api/services/request", ["service_type": "breakdown", "location": place]), 201)
        let service = try #require(opened["service"]?["id"]?.string)
        _ = try data(try await crew.ask("POST", "/api/services/\(service)/accept"))
        let attempts: [(Person, String, String, JSON?)] = [
            (owner, "DELETE", "/api/companies/mine/members/\(crew.id)", nil),
            (owner, "DELETE", "/api/companies/mine/vehicles/\(id)", nil),
            (owner, "PUT", "/api/companies/mine/vehicles/\(id)", ["license_plate": "KZZ2", "type": "van"]),
            (crew, "POST", "/api/companies/mine/leave", nil),
            (crew, "POST", "/api/mechanics/me/vehicle", ["vehicle_id": nil]),
        ]
        for (person, method, path, body) in attempts {
            expectProblem(try await person.ask(method, path, body), 409, "PROVIDER_BUSY", "\(method) \(path)")
        }
        _ = try data(try await customer.ask("POST", "/api/services/\(service)/cancel"))
        let removed = try await owner.ask("DELETE", "/api/companies/mine/members/\(crew.id)")
        #expect(try data(removed)["company"]?["members"]?.array?.count == 1)
    }
}
