import BSON
import FixOnCallClient
import Foundation
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("F4: towing", .server, .serialized)
struct TowingTests {
    /// 0.09 degrees of latitude are 10,008 metres.
    private func body(
        _ vehicle: JSON = "saloon", from spot: GeoPoint? = TestServer.centre, degrees: Double = 0.09, extra: JSON = [:]
    ) -> JSON {
        var body: JSON = [
            "vehicle_type": vehicle, "description": "Hit a kerb",
            "location": [
                "latitude": .double(spot?.latitude ?? 0), "longitude": .double(spot?.longitude ?? 0),
                "address": "Nairobi, Kenya",
            ],
            "destination": [
                "latitude": .double((spot?.latitude ?? 0) + degrees), "longitude": .double(spot?.longitude ?? 0),
                "address": "Garage, Embakasi",
            ],
        ]
        for member in extra.object ?? [] { body.add(member.name, member.value) }
        return body
    }

    private static let details: JSON = [
        "mass_kg": 1400, "wheels_locked": true,
        "vehicle_info": ["make": "Toyota", "model": "Premio", "year": 2020, "license_plate": "KBC123A"],
    ]

    @Test("F4: a quote is itemised and exact, by the class of the vehicle, and writes nothing")
    func quote() async throws {
        let server = try server()
        let customer = try await server.customer()
        let answer = try await customer.ask("POST", "/api/towing/quote", body(extra: Self.details))
        let quote = try #require(try data(answer)["quote"])
        try expectGolden("towing-quote", answer.json)
        #expect(answer.text.contains("\"total\":2500.40"))
        #expect(
            quote["price_items"]?.array?.compactMap { $0["code"]?.string } == ["call_out", "loaded_distance", "dolly"])
        for (vehicle, extra, total) in [
            ("saloon", [:], "2000.40"), ("motorcycle", ["mass_kg": 180], "2000.40"),
            ("SUV", ["mass_kg": 3500], "2000.40"),
            ("pickup", ["mass_kg": 3501], "4501.20"), ("lorry", [:], "4501.20"),
            ("bus", ["wheels_locked": true], "5001.20"), ("lorry", ["wheels_locked": false], "4501.20"),
        ] as [(String, JSON, String)] {
            let other = try await customer.ask("POST", "/api/towing/quote", body(.string(vehicle), extra: extra))
            #expect(other.text.contains("\"total\":\(total)"), "\(vehicle): \(other.text)")
        }
        #expect(try data(try await customer.ask("GET", "/api/services/history"))["services"] == [])
        expectProblem(try await server.http().post("/api/towing/quote", body()), 401, "INVALID_TOKEN")
    }

    @Test("F4: a request is answered as D5 is, and a lorry goes to a heavy truck only")
    func request() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let customer = try await server.customer()
        let light = try await server.provider("Light", at: spot, specialization: ["towing"])
        let heavy = try await server.provider("Heavy", at: spot, specialization: ["heavy towing"])
        let answer = try await customer.ask("POST", "/api/towing/request", body(from: spot, extra: Self.details))
        let opened = try data(answer, 201)
        try expectGolden("towing-requested", answer.json)
        let id = try #require(opened["service"]?["id"]?.string)
        #expect(answer.headers["Location"] == "/api/services/\(id)")
        #expect(answer.text.contains("\"price_estimate\":2500.40"))
        #expect(
            Set(opened["nearby_mechanics"]?.array?.compactMap { $0["id"]?.string } ?? []) == [light.id, heavy.id])

        let lorry = try await customer.ask("POST", "/api/towing/request", body("Lorry", from: spot))
        let big = try data(lorry, 201)
        #expect(big["service"]?["requirements"]?["vehicle_type"] == "lorry")
        #expect(big["service"]?["requirements"]?["mass_kg"] == .null)
        #expect(big["nearby_mechanics"]?.array?.compactMap { $0["id"]?.string } == [heavy.id])
        let number = try #require(big["service"]?["number"]?.int)
        for (mechanic, status) in [(light, 404), (heavy, 200)] {
            let taken = try await mechanic.ask("POST", "/api/services/\(number)/accept")
            #expect(taken.status == status, "\(taken.text)")
        }
        expectProblem(try await heavy.ask("POST", "/api/towing/request", body()), 403, "FORBIDDEN")
    }

    @Test("F4: the mechanic who was asked for is asked")
    func preferred() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let customer = try await server.customer()
        let chosen = try await server.provider("Chosen", at: spot, specialization: ["towing"])
        let answer = try await customer.ask(
            "POST", "/api/towing/request", body(from: spot, extra: ["mechanic_id": .string(chosen.id)]))
        let id = try #require(try data(answer, 201)["service"]?["id"]?.string)
        try await eventually("the chosen mechanic is asked") {
            try data(try await chosen.ask("GET", "/api/services/available"))["count"] == 1
        }
        #expect(
            try data(try await chosen.ask("POST", "/api/services/\(id)/accept"))["service"]?["status"] == "accepted")
    }

    @Test("D5: towing takes the same members, and still no destination")
    func documented() async throws {
        let customer = try await server().customer()
        let bare = try await customer.request("towing")
        #expect(bare["destination"] == .null && bare["requirements"] == .null && bare["price_estimate"] == 1500)
        let bus = try await customer.request("towing", extra: ["vehicle_type": "bus", "wheels_locked": true])
        #expect(bus["price_estimate"] == 3500)
        #expect(bus["requirements"] == ["vehicle_type": "bus", "mass_kg": nil, "wheels_locked": true])
        let half: JSON = [
            "service_type": "towing", "mass_kg": 900, "location": ["latitude": -1.3, "longitude": 36.8],
        ]
        expectProblem(
            try await customer.ask("POST", "/api/services/request", half), 422, "VALIDATION_ERROR",
            fields: ["vehicle_type"])
    }

    @Test("F4: every wrong member is named, and nothing is opened")
    func refused() async throws {
        let customer = try await server().customer()
        let good = body()
        func with(_ extra: JSON) -> JSON { body(extra: extra) }
        let bad: [(JSON, Set<String>)] = [
            ([:], ["location", "destination", "vehicle_type"]),
            (
                ["vehicle_type": "tank", "mass_kg": "x", "wheels_locked": 0],
                ["location", "destination", "vehicle_type", "mass_kg", "wheels_locked"]
            ),
            (good.adding("location", nil), ["location"]), (good.adding("destination", nil), ["destination"]),
            (good.adding("vehicle_type", nil), ["vehicle_type"]),
            (body("submarine"), ["vehicle_type"]), (body(7), ["vehicle_type"]), (body(["$ne": ""]), ["vehicle_type"]),
            (body("submarine", degrees: 0), ["vehicle_type", "destination"]),
            (body(degrees: 0), ["destination"]), (body(degrees: 9.1), ["destination"]),
            (with(["destination": "Garage"]), ["destination"]),
            (with(["destination": ["latitude": -1.3]]), ["destination.longitude"]),
            (
                with(["destination": ["latitude": 91, "longitude": 181]]),
                ["destination.latitude", "destination.longitude"]
            ),
            (with(["destination": ["latitude": -1.3, "longitude": 36.8, "address": 5]]), ["destination.address"]),
            (with(["wheels_locked": "yes"]), ["wheels_locked"]), (with(["wheels_locked": 1]), ["wheels_locked"]),
            (with(["mass_kg": 0]), ["mass_kg"]), (with(["mass_kg": -1]), ["mass_kg"]),
            (with(["mass_kg": 30_001]), ["mass_kg"]), (with(["mass_kg": .int(.max)]), ["mass_kg"]),
            (with(["mass_kg": 1400.5]), ["mass_kg"]), (with(["mass_kg": "1400"]), ["mass_kg"]),
            (with(["mass_kg": ["$gt": 0]]), ["mass_kg"]),
            (with(["vehicle_info": []]), ["vehicle_info"]), (with(["mechanic_id": true]), ["mechanic_id"]),
        ]
        for (body, fields) in bad {
            for path in ["/api/towing/quote", "/api/towing/request"] {
                expectProblem(
                    try await customer.ask("POST", path, body), 422, "VALIDATION_ERROR", fields: fields, body.text)
            }
        }
        #expect(try data(try await customer.ask("GET", "/api/services/history"))["services"] == [])
        #expect(try await customer.ask("POST", "/api/towing/quote", body(degrees: 8.99)).status == 200)
    }

    @Test("F1: trucks near a point that take the vehicle")
    func nearby() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let customer = try await server.customer()
        let heavy = try await server.provider(
            "Heavy", at: GeoPoint(latitude: spot.latitude + 0.05, longitude: spot.longitude),
            specialization: ["heavy towing"])
        let light = try await server.provider("Light", at: spot, specialization: ["towing"])
        _ = try await server.provider("No truck", at: spot, specialization: ["engine"])
        let path = "/api/towing/nearby?latitude=\(spot.latitude)&longitude=\(spot.longitude)"
        func found(_ query: String = "") async throws -> [String] {
            let data = try data(try await customer.ask("GET", path + query))
            let ids = try #require(data["mechanics"]?.array).compactMap { $0["id"]?.string }
            #expect(data["count"]?.int == Int64(ids.count))
            return ids
        }
        #expect(try await found() == [light.id, heavy.id])
        #expect(try await found("&vehicle_type=saloon") == [light.id, heavy.id])
        #expect(try await found("&vehicle_type=LORRY") == [heavy.id])
        #expect(try await found("&vehicle_type=lorry&radius_km=2").isEmpty)
        #expect(try await found("&limit=1") == [light.id])
        for (query, fields) in [
            ("&vehicle_type=submarine", ["vehicle_type"]), ("&radius_km=100.1", ["radius_km"]), ("&limit=0", ["limit"]),
        ] as [(String, Set<String>)] {
            expectProblem(try await customer.ask("GET", path + query), 422, "VALIDATION_ERROR", fields: fields, query)
        }
    }
}
