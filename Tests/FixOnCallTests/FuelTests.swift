import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("F3: fuel", .server { $0.state.reference = PinnedPrices.folder }, .serialized)
struct FuelTests {
    private func body(_ fuel: JSON = "petrol", _ litres: JSON = 10, at spot: GeoPoint? = TestServer.centre) -> JSON {
        [
            "fuel_type": fuel, "litres": litres, "description": "Ran dry",
            "location": [
                "latitude": .double(spot?.latitude ?? 0), "longitude": .double(spot?.longitude ?? 0),
                "address": "Nairobi, Kenya",
            ],
        ]
    }

    /// The exact text of a member of the answer's `data`, as it was sent.
    private func says(_ answer: HTTPAnswer, _ text: String) -> Bool { answer.text.contains(text) }

    @Test("F3: prices are open to everybody, exact, and say their version")
    func prices() async throws {
        let answer = try await server().http().get("/api/fuel/prices")
        let data = try data(answer)
        try expectGolden("fuel-prices", answer.json)
        #expect(says(answer, "\"price_per_litre\":180.66"))
        #expect(data["count"]?.int == data["prices"]?.array.map { Int64($0.count) })
        let version = try server().roadside.catalog.current.versions.text
        #expect(data["prices_version"]?.string == version)
    }

    @Test("F3: a quote is itemised and exact, and writes nothing")
    func quote() async throws {
        let server = try server()
        let customer = try await server.customer()
        let answer = try await customer.ask("POST", "/api/fuel/quote", body("Petrol", 10.5))
        let quote = try #require(try data(answer)["quote"])
        try expectGolden("fuel-quote", answer.json)
        // 180.66 × 10.5 = 1896.93
        #expect(says(answer, "\"total\":2896.93"))
        #expect(quote["price_items"]?.array?.compactMap { $0["code"]?.string } == ["call_out", "fuel"])
        #expect(quote["requirements"]?["fuel_type"] == "petrol")
        #expect(says(answer, "\"litres\":10.5"))
        #expect(try data(try await customer.ask("GET", "/api/services/history"))["services"] == [])
        #expect(try data(try await customer.ask("GET", "/api/notifications/my-notifications"))["notifications"] == [])
        let mechanic = try await server.provider(at: Spot.fresh())
        #expect(try await mechanic.ask("POST", "/api/fuel/quote", body()).status == 200)
        expectProblem(try await server.http().post("/api/fuel/quote", body()), 401, "INVALID_TOKEN")
    }

    @Test("F3: a request is answered as D5 is, at the quoted price, and goes to who carries the fuel")
    func request() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let customer = try await server.customer()
        let petrol = try await server.provider("Petrol", at: spot, specialization: ["fuel"])
        let both = try await server.provider("Both", at: spot, specialization: ["fuel"])
        let changed = try await petrol.ask("PUT", "/api/mechanics/me", ["fuel_types": ["petrol"]])
        _ = try data(changed)

        let answer = try await customer.ask("POST", "/api/fuel/request", body("diesel", 20, at: spot))
        let opened = try data(answer, 201)
        try expectGolden("fuel-requested", answer.json)
        let service = try #require(opened["service"])
        let id = try #require(service["id"]?.string)
        #expect(answer.headers["Location"] == "/api/services/\(id)")
        #expect(service["service_type"] == "fuel_delivery")
        #expect(opened["nearby_mechanics"]?.array?.compactMap { $0["id"]?.string } == [both.id])
        // 168.06 × 20
        #expect(says(answer, "\"price_estimate\":4361.20"))
        let quoted = try data(try await customer.ask("POST", "/api/fuel/quote", body("diesel", 20, at: spot)))["quote"]
        #expect(quoted?["total"] == service["price_estimate"])
        #expect(quoted?["price_items"] == service["price_items"])

        for (mechanic, status) in [(petrol, 404), (both, 200)] {
            let seen = try await mechanic.ask("POST", "/api/services/\(id)/accept")
            #expect(seen.status == status, "\(seen.text)")
        }
        expectProblem(try await both.ask("POST", "/api/fuel/request", body()), 403, "FORBIDDEN")
    }

    @Test("D5: fuel_delivery takes the same members, and still none at all")
    func documented() async throws {
        let customer = try await server().customer()
        let service = try await customer.request("fuel_delivery", extra: ["fuel_type": "diesel", "litres": 1.001])
        #expect(service["requirements"]?["fuel_type"] == "diesel")
        // 168.06 × 1.001 = 168.22806
        #expect(service["price_estimate"]?.double == 1168.23)
        #expect(try await customer.request("fuel_delivery")["requirements"] == .null)
        let half: JSON = [
            "service_type": "fuel_delivery", "fuel_type": "diesel", "location": ["latitude": -1.3, "longitude": 36.8],
        ]
        expectProblem(
            try await customer.ask("POST", "/api/services/request", half), 422, "VALIDATION_ERROR", fields: ["litres"])
        let breakdown = try await customer.request("breakdown", extra: ["fuel_type": "gold", "litres": 999])
        #expect(breakdown["requirements"] == .null)
    }

    @Test("F3: every wrong member is named, and nothing is opened")
    func refused() async throws {
        let customer = try await server().customer()
        let good = body()
        let bad: [(JSON, Set<String>)] = [
            ([:], ["fuel_type", "litres", "location"]),
            (["fuel_type": "water", "litres": 61], ["fuel_type", "litres", "location"]),
            (good.adding("fuel_type", nil), ["fuel_type"]), (good.adding("litres", nil), ["litres"]),
            (good.adding("location", nil), ["location"]),
            (body("water", 10), ["fuel_type"]), (body("water", 0.999), ["fuel_type", "litres"]),
            (body(["$ne": nil], 10), ["fuel_type"]), (body(7, 10), ["fuel_type"]), (body("", 10), ["fuel_type"]),
            (body("petrol", 0), ["litres"]), (body("petrol", 0.999), ["litres"]), (body("petrol", -10), ["litres"]),
            (body("petrol", 60.001), ["litres"]), (body("petrol", 10.0001), ["litres"]),
            (body("petrol", 1e300), ["litres"]), (body("petrol", .int(.max)), ["litres"]),
            (body("petrol", "10"), ["litres"]), (body("petrol", true), ["litres"]), (body("petrol", [10]), ["litres"]),
            (good.adding("location", ["latitude": 91, "longitude": 0]), ["location.latitude"]),
            (good.adding("mechanic_id", "nobody"), ["mechanic_id"]),
            (good.adding("mechanic_id", "000000000000000000000000"), ["mechanic_id"]),
            (good.adding("vehicle_info", "Toyota"), ["vehicle_info"]),
            (good.adding("description", .string(String(repeating: "a", count: 2001))), ["description"]),
        ]
        for (body, fields) in bad {
            let about = body.text
            expectProblem(
                try await customer.ask("POST", "/api/fuel/request", body), 422, "VALIDATION_ERROR", fields: fields,
                about)
            // Whether the mechanic exists is asked only when there is something to ask him.
            guard body["mechanic_id"] != "000000000000000000000000" else { continue }
            expectProblem(
                try await customer.ask("POST", "/api/fuel/quote", body), 422, "VALIDATION_ERROR", fields: fields, about)
        }
        #expect(try data(try await customer.ask("GET", "/api/services/history"))["services"] == [])
        for (litres, sent) in [(1, "1"), (60, "60"), (1.5, "1.5"), (59.999, "59.999")] as [(JSON, String)] {
            let answer = try await customer.ask("POST", "/api/fuel/quote", self.body("petrol", litres))
            #expect(answer.status == 200 && says(answer, "\"litres\":\(sent)}"), "\(answer.text)")
        }
    }

    @Test("F1: who brings fuel near a point, and which")
    func nearby() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let customer = try await server.customer()
        let far = try await server.provider(
            "Far", at: GeoPoint(latitude: spot.latitude + 0.05, longitude: spot.longitude), specialization: ["fuel"])
        let petrol = try await server.provider("Petrol", at: spot, specialization: ["fuel"])
        _ = try await petrol.ask("PUT", "/api/mechanics/me", ["fuel_types": ["petrol"]])
        _ = try await server.provider("No fuel", at: spot, specialization: ["engine"])
        let path = "/api/fuel/nearby?latitude=\(spot.latitude)&longitude=\(spot.longitude)"
        func found(_ query: String = "") async throws -> [String] {
            let data = try data(try await customer.ask("GET", path + query))
            let ids = try #require(data["mechanics"]?.array).compactMap { $0["id"]?.string }
            #expect(data["count"]?.int == Int64(ids.count))
            return ids
        }
        #expect(try await found() == [petrol.id, far.id])
        #expect(try await found("&fuel_type=petrol") == [petrol.id, far.id])
        #expect(try await found("&fuel_type=Diesel") == [far.id])
        #expect(try await found("&radius_km=2") == [petrol.id])
        #expect(try await found("&limit=1") == [petrol.id])
        let answer = try await customer.ask("GET", path)
        #expect(says(answer, "\"distance_km\":5.6") && says(answer, "\"distance_km\":0.0"))
        #expect(names(in: try #require(answer.json)).isDisjoint(with: ["phone", "email"]))
        for (query, fields) in [
            ("&fuel_type=water", ["fuel_type"]), ("&fuel_type=%00", ["fuel_type"]), ("&radius_km=0", ["radius_km"]),
            ("&limit=101", ["limit"]),
        ] as [(String, Set<String>)] {
            expectProblem(try await customer.ask("GET", path + query), 422, "VALIDATION_ERROR", fields: fields, query)
        }
        expectProblem(
            try await customer.ask("GET", "/api/fuel/nearby"), 422, "VALIDATION_ERROR",
            fields: ["latitude", "longitude"])
    }
}

@Suite("F3: prices of another version", .server { $0.state.reference = PinnedPrices.folder }, .serialized)
struct FuelPriceChangeTests {
    @Test("F3: a new version changes quotes and requests from then on, and nothing before")
    func newVersion() async throws {
        let server = try server()
        let customer = try await server.customer()
        let order: JSON = ["fuel_type": "petrol", "litres": 1]
        let before = try await customer.request("fuel_delivery", extra: order)
        #expect(before["price_estimate"]?.double == 1180.66)
        let old = try data(try await server.http().get("/api/fuel/prices"))["prices_version"]

        let folder = NSTemporaryDirectory() + "reference-\(ObjectID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try PinnedPrices.copy(to: folder, version: 2, petrol: "199.99")
        try await server.roadside.catalog.install(ReferenceFolder(contentsOf: folder))

        let after = try await customer.request("fuel_delivery", extra: order)
        #expect(after["price_estimate"]?.double == 1199.99)
        let prices = try data(try await server.http().get("/api/fuel/prices"))
        #expect(prices["prices"]?[0]?["price_per_litre"]?.double == 199.99)
        #expect(prices["prices_version"] != old)
        let id = try #require(before["id"]?.string)
        let kept = try data(try await customer.ask("GET", "/api/services/\(id)"))["service"]
        #expect(kept?["price_estimate"]?.double == 1180.66)
        #expect(kept?["price_items"] == before["price_items"])
    }
}
