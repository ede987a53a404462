import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("The catalogue over the wire (decision 29)", .server, .serialized)
struct CatalogueTests {
    @Test("D29: all seven types can be asked for; each is priced line by line")
    func allSeven() async throws {
        let server = try server()
        let customer = try await server.customer()
        let types = try #require(try data(try await server.http().get("/api/services/types"))["service_types"]?.array)
        let documented = [
            "breakdown", "towing", "fuel_delivery", "tyre_change", "battery_jump", "lockout", "mechanic_dispatch",
        ]
        #expect(types.compactMap { $0["code"]?.string } == documented)
        for type in types {
            let code = try #require(type["code"]?.string)
            let service = try await customer.request(code)
            #expect(service["service_type"]?.string == code)
            #expect(service["price_estimate"] == type["price_from"])
            #expect(service["price_items"]?.array?.count == 1)
            #expect(service["price_items"]?[0]?["code"] == "call_out")
            #expect(service["price_items"]?[0]?["amount"] == type["price_from"])
            #expect(service["requirements"] == .null)
        }
    }

    @Test("decision 29: one new entry in one file is listed, priced, and offered to who named its skill before")
    func newEntry() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let early = try await server.provider("Early", at: spot, specialization: ["Off-road rescue"])
        let customer = try await server.customer()
        let folder = NSTemporaryDirectory() + "reference-\(ObjectID())"
        try FileManager.default.copyItem(atPath: TestServer.reference, toPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/service-types.json"
        var file = try JSON.parse(try Data(contentsOf: URL(fileURLWithPath: path)))
        let entry: JSON = [
            "code": "winching", "title": "Winching", "family": "repair", "capability": "winch_out",
            "skills": ["off road rescue"], "general": false, "needs_destination": false,
            "tariff": [
                "call_out": "2500.50", "free_metres": 0, "per_kilometre": "60.00", "per_loaded_kilometre": "0.00",
            ],
        ]
        file.add("version", 999)
        file.add("service_types", .array([entry] + (file["service_types"]?.array ?? [])))
        try Data(file.bytes()).write(to: URL(fileURLWithPath: path))
        let report = try await server.roadside.catalog.install(ReferenceFolder(contentsOf: folder))
        #expect(report.lines.first == "Installed: reference service-types version 999")

        let types = try data(try await server.http().get("/api/services/types"))["service_types"]
        #expect(types?[0]?["code"] == "winching" && types?[0]?["price_from"] == 2500.5)
        let answer = try await customer.ask(
            "POST", "/api/services/request",
            [
                "service_type": "winching",
                "location": ["latitude": .double(spot.latitude), "longitude": .double(spot.longitude)],
            ])
        let opened = try data(answer, 201)
        #expect(opened["service"]?["price_estimate"] == 2500.5)
        #expect(opened["nearby_mechanics"]?.array?.compactMap { $0["id"]?.string } == [early.id])
        let document = try await server.http().get("/api/swagger.json").text
        #expect(!document.contains("tyre_change"), "no list of types is printed in the document")
    }

    @Test("F2, F3: a mechanic says which fuels he carries, at registration and later")
    func fuelTypes() async throws {
        let mechanic = try await server().provider(at: Spot.fresh(), specialization: ["fuel"])
        let changed = try data(try await mechanic.ask("PUT", "/api/mechanics/me", ["fuel_types": ["Diesel"]]))
        #expect(changed["mechanic"]?["fuel_types"] == ["diesel"])
        let profile = try data(try await mechanic.ask("GET", "/api/auth/profile"))
        #expect(profile["user"]?["fuel_types"] == ["diesel"])
        for wrong in [["fuel_types": ["water"]], ["fuel_types": "diesel"]] as [JSON] {
            expectProblem(
                try await mechanic.ask("PUT", "/api/mechanics/me", wrong), 422, "VALIDATION_ERROR",
                fields: ["fuel_types"])
        }
        let cleared = try data(try await mechanic.ask("PUT", "/api/mechanics/me", ["fuel_types": []]))
        #expect(cleared["mechanic"]?["fuel_types"] == [])
    }
}
