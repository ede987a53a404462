import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("F8: the vehicles of drivers", .server, .serialized)
struct VehicleTests {
    private static let premio: JSON = [
        "license_plate": "kbc 123a", "make": "Toyota", "model": "Premio", "year": 2020, "colour": "Silver",
        "vehicle_type": "Saloon", "fuel_type": "petrol", "mass_kg": 1250,
    ]

    @Test("added, listed, changed, removed; nobody else learns that they are there")
    func life() async throws {
        let server = try server()
        let (owner, other) = (try await server.customer(), try await server.customer())
        let answer = try await owner.ask("POST", "/api/vehicles", Self.premio)
        let added = try #require(try data(answer, 201)["vehicle"])
        #expect(added["license_plate"] == "KBC123A" && added["vehicle_type"] == "saloon")
        let path = "/api/vehicles/\(try #require(added["id"]?.string))"
        #expect(answer.headers["Location"] == path)
        #expect(try data(try await owner.ask("GET", path))["vehicle"] == added)
        #expect(try data(try await owner.ask("GET", "/api/vehicles"))["vehicles"] == [added])
        expectProblem(try await owner.ask("POST", "/api/vehicles", Self.premio), 409, "CONFLICT")
        let plain: JSON = ["license_plate": "KBD 1", "make": "Mazda", "model": "Demio"]
        for (method, body) in [("GET", nil), ("PUT", plain), ("DELETE", nil)] as [(String, JSON?)] {
            expectProblem(try await other.ask(method, path, body), 404, "NOT_FOUND", method)
            expectProblem(try await other.ask(method, "/api/vehicles/1", body), 404, "NOT_FOUND", method)
        }
        #expect(try data(try await other.ask("GET", "/api/vehicles"))["count"] == 0)
        let changed = try data(try await owner.ask("PUT", path, plain))["vehicle"]
        #expect(changed?["make"] == "Mazda" && changed?["colour"] == .null && changed?["mass_kg"] == .null)
        _ = try data(try await owner.ask("DELETE", path))
        expectProblem(try await owner.ask("GET", path), 404)
        expectProblem(try await owner.ask("DELETE", path), 404)
    }

    @Test("a request and a booking name one instead of vehicle_info, and show what was known of it then")
    func named() async throws {
        let owner = try await server().customer()
        let added = try data(try await owner.ask("POST", "/api/vehicles", Self.premio), 201)["vehicle"]
        let id = try #require(added?["id"])
        let place: JSON = ["latitude": -1.2921, "longitude": 36.8219]
        let help: JSON = ["service_type": "breakdown", "location": place, "vehicle_id": id]
        let facts: JSON = ["make": "Toyota", "model": "Premio", "year": 2020, "license_plate": "KBC123A"]
        let opened = try data(try await owner.ask("POST", "/api/services/request", help), 201)["service"]
        #expect(opened?["vehicle_info"] == facts)
        let booked = try data(try await owner.ask("POST", "/api/bookings/create", help), 201)["booking"]
        let service = try #require(booked?["service_id"]?.string)
        _ = try data(try await owner.ask("DELETE", "/api/vehicles/\(try #require(id.string))"))
        #expect(try data(try await owner.ask("GET", "/api/services/\(service)"))["service"]?["vehicle_info"] == facts)
        expectProblem(try await owner.ask("POST", "/api/services/request", help), 422, fields: ["vehicle_id"])
        expectProblem(
            try await owner.ask("POST", "/api/services/request", help.adding("vehicle_info", facts)), 422,
            fields: ["vehicle_id"])
    }

    @Test("wrong words are told by the names they were sent under; only drivers have vehicles")
    func refusals() async throws {
        let server = try server()
        let owner = try await server.customer()
        expectProblem(
            try await owner.ask("POST", "/api/vehicles", ["year": "2020"]), 422,
            fields: ["license_plate", "make", "model", "year"])
        expectProblem(
            try await owner.ask(
                "POST", "/api/vehicles",
                Self.premio.adding("vehicle_type", "ship").adding("fuel_type", "hay").adding("mass_kg", 0)), 422,
            fields: ["vehicle_type", "fuel_type", "mass_kg"])
        for person in [try await server.provider(at: nil), try await server.admin()] {
            expectProblem(try await person.ask("GET", "/api/vehicles"), 403, "FORBIDDEN")
        }
    }
}
