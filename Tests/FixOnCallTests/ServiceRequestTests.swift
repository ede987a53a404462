import BSON
import FixOnCallClient
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("D5, D6, F1, F2: asking for help and finding it", .server, .serialized)
struct ServiceRequestTests {
    private static let vehicle: JSON = ["make": "Toyota", "model": "Premio", "year": 2020, "license_plate": "KBC123A"]

    @Test("D5 D28: a request is answered 201 with the service and the mechanics near by, as documented")
    func request() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let customer = try await server.customer()
        let mechanic = try await server.provider(at: spot)
        let answer = try await customer.ask(
            "POST", "/api/services/request",
            [
                "service_type": "breakdown", "description": "Car won't start", "vehicle_info": Self.vehicle,
                "location": [
                    "latitude": .double(spot.latitude), "longitude": .double(spot.longitude),
                    "address": "Nairobi, Kenya",
                ],
            ])
        let data = try data(answer, 201)
        try expectGolden("service-requested", answer.json)
        let service = try #require(data["service"])
        #expect(service["user_id"]?.string == customer.id)
        #expect(service["location"]?["latitude"]?.double == spot.latitude)
        #expect(service["description"] == "Car won't start")
        let id = try #require(service["id"]?.string)
        #expect(answer.headers["Location"] == "/api/services/\(id)")
        let near = try #require(data["nearby_mechanics"]?.array)
        #expect(near.map { $0["id"]?.string } == [mechanic.id])
    }

    @Test("D5: at most five mechanics are shown, the nearest first, none of them callable")
    func fiveNearest() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let customer = try await server.customer()
        var ids: [String] = []
        for step in 0..<7 {
            let point = GeoPoint(latitude: spot.latitude + Double(step) * 0.01, longitude: spot.longitude)
            ids.append(try await server.provider("Mechanic \(step)", at: point).id)
        }
        let answer = try await customer.ask(
            "POST", "/api/services/request",
            [
                "service_type": "breakdown",
                "location": ["latitude": .double(spot.latitude), "longitude": .double(spot.longitude)],
            ])
        let near = try #require(try data(answer, 201)["nearby_mechanics"]?.array)
        #expect(near.map { $0["id"]?.string } == Array(ids.prefix(5)))
        #expect(near.map { $0["distance_km"]?.double } == [0.0, 1.1, 2.2, 3.3, 4.4])
        for mechanic in near { #expect(names(in: mechanic).isDisjoint(with: ["phone", "email"])) }
    }

    @Test(
        "D5: other spellings of coordinates are understood",
        arguments: [("lat", "lng"), ("lat", "lon"), ("latitude", "long")])
    func aliases(latitude: String, longitude: String) async throws {
        let customer = try await server().customer()
        let location = JSON(members: [(latitude, .double(-1.31)), (longitude, .double(36.82)), ("address", "Here")])
        let answer = try await customer.ask(
            "POST", "/api/services/request", ["service_type": "lockout", "location": location])
        let found = try data(answer, 201)["service"]?["location"]
        #expect(found == ["latitude": -1.31, "longitude": 36.82, "address": "Here"])
    }

    @Test("D5: the price is the server's; what the client claims is ignored and never stored")
    func claimedPrice() async throws {
        let customer = try await server().customer()
        let service = try await customer.request(extra: [
            "price_estimate": 0.01, "status": "completed", "assigned_to": "me", "user_id": "you",
        ])
        #expect(service["price_estimate"] == 1500)
        #expect(service["status"] == "pending")
        #expect(service["assigned_to"] == .null)
        #expect(service["user_id"]?.string == customer.id)
    }

    @Test("D5: a towing request keeps its destination and is priced for the way")
    func towing() async throws {
        let customer = try await server().customer()
        let destination: JSON = ["latitude": -1.3921, "longitude": 36.8219, "address": "Garage"]
        let service = try await customer.request("towing", extra: ["destination": destination])
        #expect(service["destination"] == destination)
        let price = try #require(service["price_estimate"]?.double)
        #expect(price > 1500 + 50 * 11 && price < 1500 + 50 * 12, "\(price)")
    }

    @Test("D5: only a driver asks for help")
    func onlyDrivers() async throws {
        let mechanic = try await server().provider(at: Spot.fresh())
        let body: JSON = ["service_type": "breakdown", "location": ["latitude": -1.3, "longitude": 36.8]]
        expectProblem(try await mechanic.ask("POST", "/api/services/request", body), 403, "FORBIDDEN")
        expectProblem(try await mechanic.http.post("/api/services/request", body), 401, "INVALID_TOKEN")
    }

    @Test(
        "D6, F1: mechanics are found under both addresses, nearest first, roughly placed and not callable",
        arguments: [
            "/api/services/available-mechanics", "/api/mechanics/nearby",
        ])
    func nearby(path: String) async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let customer = try await server.customer()
        let far = try await server.provider(
            "Far", at: GeoPoint(latitude: spot.latitude + 0.05123, longitude: spot.longitude))
        let close = try await server.provider("Close", at: spot)
        _ = try await server.provider(
            "Too far", at: GeoPoint(latitude: spot.latitude + 0.12, longitude: spot.longitude))
        let query = "?latitude=\(spot.latitude)&longitude=\(spot.longitude)"
        let answer = try await customer.ask("GET", path + query)
        let data = try data(answer)
        #expect(data["count"] == 2)
        let found = try #require(data["mechanics"]?.array)
        #expect(found.map { $0["id"]?.string } == [close.id, far.id])
        #expect(found[1]["distance_km"] == 5.7)
        #expect(found[1]["location"]?["latitude"]?.double == ((spot.latitude + 0.05123) * 1000).rounded() / 1000)
        #expect(names(in: try #require(answer.json)).isDisjoint(with: ["phone", "email", "password_hash"]))

        let one = try await customer.ask("GET", path + query + "&limit=1&radius_km=20")
        #expect(try self.count(one) == 1)
        #expect(try count(try await customer.ask("GET", path + query + "&radius=3")) == 1)
        #expect(try count(try await customer.ask("GET", path + query + "&specialization=engine&radius_km=20")) == 3)
        #expect(try count(try await customer.ask("GET", path + query + "&specialization=towing")) == 0)
    }

    private func count(_ answer: HTTPAnswer) throws -> Int64? { try data(answer)["count"]?.int }

    @Test(
        "F1: a search needs a place within the world and a sensible radius",
        arguments: [
            ("", ["latitude", "longitude"]), ("latitude=-1", ["longitude"]), ("latitude=91&longitude=0", ["latitude"]),
            ("latitude=0&longitude=-180.1", ["longitude"]), ("latitude=nan&longitude=inf", ["latitude", "longitude"]),
            ("latitude=0x10&longitude=1e400", ["latitude", "longitude"]),
            ("latitude=1&longitude=2&radius_km=0", ["radius_km"]),
            ("latitude=1&longitude=2&radius_km=100.1", ["radius_km"]), ("latitude=1&longitude=2&limit=0", ["limit"]),
            ("latitude=1&longitude=2&limit=101", ["limit"]), ("latitude=1&longitude=2&limit=ten", ["limit"]),
            ("latitude[$ne]=1&longitude=2", ["latitude"]), ("latitude=%ff&longitude=2", ["query"]),
            ("latitude=1&longitude=2&specialization=%00", ["specialization"]),
        ])
    func badSearch(query: String, fields: [String]) async throws {
        let customer = try await server().customer()
        for path in ["/api/mechanics/nearby?", "/api/services/available-mechanics?"] {
            expectProblem(
                try await customer.ask("GET", path + query), 422, "VALIDATION_ERROR", fields: Set(fields), query)
        }
    }

    @Test("F2: a stranger sees a mechanic with masked contact data; the mechanic sees himself")
    func mechanicProfile() async throws {
        let server = try server()
        let customer = try await server.customer()
        let mechanic = try await server.provider(at: Spot.fresh())
        for name in [mechanic.id, String(mechanic.number)] {
            let seen = try #require(try data(try await customer.ask("GET", "/api/mechanics/\(name)"))["mechanic"])
            #expect(seen["id"]?.string == mechanic.id)
            #expect(seen["phone"]?.string?.contains("•••") == true)
            #expect(seen["email"]?.string?.contains("•••") == true)
        }
        let own = try #require(try data(try await mechanic.ask("GET", "/api/mechanics/\(mechanic.id)"))["mechanic"])
        #expect(own["phone"]?.string == mechanic.phone)
        #expect(own["email"]?.string == mechanic.email)
    }

    @Test("F2: drivers, unknown ids and nonsense are no mechanics")
    func noMechanic() async throws {
        let customer = try await server().customer()
        for name in [customer.id, "000000000000000000000000", "999999999", "nonsense", "%24ne", "..%2Fme", "-1"] {
            expectProblem(try await customer.ask("GET", "/api/mechanics/\(name)"), 404, "NOT_FOUND", name)
        }
    }

    @Test("F2: a mechanic goes off duty and on again, by flag or by word, and searches follow")
    func availability() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let customer = try await server.customer()
        let mechanic = try await server.provider(at: spot)
        let search = "/api/mechanics/nearby?latitude=\(spot.latitude)&longitude=\(spot.longitude)"
        for (body, word, found) in [
            (["is_available": false], "offline", 0), (["is_available": true], "available", 1),
            (["availability": "break"], "break", 0), (["availability": "available"], "available", 1),
        ] as [(JSON, String, Int64)] {
            let data = try data(try await mechanic.ask("POST", "/api/mechanics/me/availability", body))
            #expect(data["mechanic"]?["availability"]?.string == word)
            #expect(try count(try await customer.ask("GET", search)) == found)
        }
        for body in [["availability": "busy"], ["availability": 1], [:], ["is_available": "true"]] as [JSON] {
            expectProblem(
                try await mechanic.ask("POST", "/api/mechanics/me/availability", body), 422, "VALIDATION_ERROR",
                body.text)
        }
    }

    @Test("F2: a live position moves a mechanic in searches")
    func livePosition() async throws {
        let server = try server()
        let (old, new) = (try Spot.fresh(), try Spot.fresh())
        let customer = try await server.customer()
        let mechanic = try await server.provider(at: old)
        let position: JSON = [
            "latitude": .double(new.latitude), "longitude": .double(new.longitude), "heading": 90, "speed": 8.5,
            "accuracy": 10,
        ]
        let data = try data(try await mechanic.ask("POST", "/api/mechanics/me/location", position))
        #expect(data["mechanic"]?["location"]?["latitude"]?.double == new.latitude)
        let query = { (point: GeoPoint) in "/api/mechanics/nearby?lat=\(point.latitude)&lng=\(point.longitude)" }
        #expect(try count(try await customer.ask("GET", query(new))) == 1)
        #expect(try count(try await customer.ask("GET", query(old))) == 0)
    }

    @Test(
        "F2: an impossible position is refused",
        arguments: [
            (["latitude": 91, "longitude": 0], "latitude"), (["latitude": 0.5, "longitude": "0"], "longitude"),
            (["latitude": 0.5], "longitude"), (["latitude": 1, "longitude": 1, "heading": 400], "heading"),
            (["latitude": 1, "longitude": 1, "speed": -1], "speed"),
            (["latitude": 1, "longitude": 1, "speed": "fast"], "speed"),
            (["latitude": 1, "longitude": 1, "fix_at": "yesterday"], "fix_at"),
            (["latitude": 1, "longitude": 1, "fix_at": "2999-01-01T00:00:00Z"], "fix_at"),
        ] as [(JSON, String)])
    func badPosition(body: JSON, field: String) async throws {
        let mechanic = try await server().provider(at: Spot.fresh())
        expectProblem(
            try await mechanic.ask("POST", "/api/mechanics/me/location", body), 422, "VALIDATION_ERROR",
            fields: [field], body.text)
    }

    @Test("F2: only mechanics report themselves")
    func onlyMechanics() async throws {
        let customer = try await server().customer()
        for (method, path) in [
            ("PUT", "/api/mechanics/me"), ("POST", "/api/mechanics/me/availability"),
            ("POST", "/api/mechanics/me/location"),
        ] {
            expectProblem(try await customer.ask(method, path, ["is_available": true]), 403, "FORBIDDEN", path)
        }
    }
}
