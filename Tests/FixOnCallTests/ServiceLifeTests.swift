import BSON
import FixOnCallClient
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("D7–D9, F5: the life of a service", .server, .serialized)
struct ServiceLifeTests {
    /// A driver, a mechanic beside him, and an open service.
    private struct Scene {
        let customer: Person
        let mechanic: Person
        let service: JSON
        var id: String
        var path: String { "/api/services/\(id)" }

        init(_ type: String = "breakdown", extra: JSON = [:]) async throws {
            let server = try server()
            let spot = try Spot.fresh()
            customer = try await server.customer()
            mechanic = try await server.provider(at: spot)
            service = try await customer.request(type, latitude: spot.latitude, longitude: spot.longitude, extra: extra)
            id = try #require(service["id"]?.string)
        }

        func accepted() async throws -> Scene {
            _ = try data(try await mechanic.ask("POST", path + "/accept"))
            return self
        }

        func seen(by person: Person) async throws -> JSON {
            try #require(try data(try await person.ask("GET", path))["service"])
        }

        func otp() async throws -> String {
            try #require(try await seen(by: customer)["start_otp"]?.string)
        }
    }

    @Test("F5: a mechanic accepts; the driver then sees him, his phone, his place and the start code")
    func accept() async throws {
        let scene = try await Scene()
        let taken = try #require(try data(try await scene.mechanic.ask("POST", scene.path + "/accept"))["service"])
        #expect(taken["status"] == "accepted")
        #expect(taken["assigned_to"]?.string == scene.mechanic.id)
        #expect(taken["start_otp"] == nil, "the mechanic must not see the code")
        #expect(taken["customer"]?["phone"]?.string == scene.customer.phone)

        let answer = try await scene.customer.ask("GET", scene.path)
        try expectGolden("service-accepted", answer.json)
        let service = try #require(try data(answer)["service"])
        #expect(service["mechanic"]?["phone"]?.string == scene.mechanic.phone)
        let code = try #require(service["start_otp"]?.string)
        #expect(code.utf8.count == 6 && code.allSatisfy(\.isNumber))
    }

    @Test("F5, K40: of two mechanics one has it, the other gets 409 and can no longer see it")
    func secondAcceptor() async throws {
        let server = try server()
        let scene = try await Scene()
        let location = try #require(scene.service["location"])
        let point = GeoPoint(
            latitude: try #require(location["latitude"]?.double), longitude: try #require(location["longitude"]?.double)
        )
        let second = try await server.provider("Second", at: point)
        _ = try await scene.accepted()
        expectProblem(try await second.ask("POST", scene.path + "/accept"), 409, "JOB_ALREADY_TAKEN")
        expectProblem(try await second.ask("GET", scene.path), 404, "NOT_FOUND")
        expectProblem(try await scene.mechanic.ask("POST", scene.path + "/decline", [:]), 409)
    }

    @Test("F5: open services are listed for the mechanics they are offered to, and go when declined")
    func availableAndDecline() async throws {
        let scene = try await Scene()
        try await eventually("the service is offered") {
            let open = try data(try await scene.mechanic.ask("GET", "/api/services/available"))
            return open["services"]?.array?.contains { $0["id"]?.string == scene.id } == true
        }
        let open = try data(try await scene.mechanic.ask("GET", "/api/services/available"))
        let service = try #require(open["services"]?[0])
        #expect(service["distance_km"] == 0.0)
        #expect(isTimestamp(service["offer_expires_at"]))
        #expect(service["customer"]?["phone"]?.string?.contains("•••") == true)
        _ = try data(try await scene.mechanic.ask("POST", scene.path + "/decline", ["reason": "Too far"]))
        #expect(try data(try await scene.mechanic.ask("GET", "/api/services/available"))["count"] == 0)
        expectProblem(try await scene.mechanic.ask("POST", scene.path + "/accept"), 409, "OFFER_DECLINED")
    }

    @Test("D8: each documented word leads there; the steps between are kept")
    func documentedWords() async throws {
        let scene = try await Scene()
        for (word, stage) in [("accepted", "accepted"), ("in_progress", "in_progress"), ("completed", "completed")] {
            let answer = try await scene.mechanic.ask("PUT", scene.path + "/status", ["status": .string(word)])
            let service = try #require(try data(answer)["service"])
            #expect(service["status"]?.string == word)
            #expect(service["stage"]?.string == stage)
        }
        let stages = try await scene.seen(by: scene.customer)["events"]?.array?.compactMap { $0["stage"]?.string }
        #expect(
            stages == ["requested", "matching", "accepted", "en_route", "arrived", "in_progress", "completed"])
    }

    @Test("D8: the finer words work, too, and the shown status stays one of five")
    func finerWords() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let destination: JSON = [
            "latitude": .double(spot.latitude + 0.1), "longitude": .double(spot.longitude), "address": "Garage",
        ]
        let customer = try await server.customer()
        let mechanic = try await server.provider(at: spot, specialization: ["towing"])
        let service = try await customer.request(
            "towing", latitude: spot.latitude, longitude: spot.longitude, extra: ["destination": destination])
        let path = "/api/services/\(try #require(service["number"]?.int))/status"
        for (word, status) in [
            ("accepted", "accepted"), ("en_route", "accepted"), ("arrived", "accepted"), ("in_progress", "in_progress"),
            ("towing", "in_progress"), ("at_destination", "in_progress"), ("completed", "completed"),
        ] {
            let service = try data(try await mechanic.ask("PUT", path, ["status": .string(word)]))["service"]
            #expect(service?["stage"]?.string == word)
            #expect(service?["status"]?.string == status)
        }
    }

    @Test(
        "D8: an unknown word is 422 and lists the words there are",
        arguments: ["pending", "done", "", "Accepted", "matching"])
    func unknownWord(word: String) async throws {
        let scene = try await Scene()
        let answer = try await scene.mechanic.ask("PUT", scene.path + "/status", ["status": .string(word)])
        expectProblem(answer, 422, "VALIDATION_ERROR", fields: ["status"], word)
        if !word.isEmpty { #expect(answer.text.contains("accepted, en_route, arrived, in_progress")) }
        #expect(try await scene.seen(by: scene.customer)["stage"] == "matching")
    }

    @Test("D8: a step that is not one's own is 403, an illegal one 409; both say what is legal in the client's words")
    func illegalStep() async throws {
        let scene = try await Scene().accepted()
        let early = try await scene.customer.ask("PUT", scene.path + "/status", ["status": "completed"])
        expectProblem(early, 403, "FORBIDDEN")
        #expect(early.json?["legal_next"] == ["cancelled"])
        _ = try data(
            try await scene.mechanic.ask(
                "PUT", scene.path + "/status", ["status": "completed", "otp": .string(try await scene.otp())]))
        let frozen = try await scene.mechanic.ask("PUT", scene.path + "/status", ["status": "in_progress"])
        expectProblem(frozen, 409)
        #expect(frozen.json?["legal_next"]?.array != nil)
    }

    @Test("D7, D8: strangers of either kind are told 404, and nothing changes")
    func strangers() async throws {
        let server = try server()
        let scene = try await Scene().accepted()
        let driver = try await server.customer()
        let mechanic = try await server.provider(at: Spot.fresh())
        for stranger in [driver, mechanic] {
            expectProblem(try await stranger.ask("GET", scene.path), 404, "NOT_FOUND")
            expectProblem(
                try await stranger.ask("PUT", scene.path + "/status", ["status": "completed"]), 404, "NOT_FOUND")
            expectProblem(try await stranger.ask("POST", scene.path + "/cancel", [:]), 404, "NOT_FOUND")
        }
        expectProblem(
            try await driver.ask("POST", scene.path + "/assign", ["mechanic_id": .string(mechanic.id)]), 404,
            "NOT_FOUND")
        expectProblem(
            try await mechanic.ask("POST", scene.path + "/assign", ["mechanic_id": .string(mechanic.id)]), 403,
            "FORBIDDEN")
        let service = try await scene.seen(by: scene.customer)
        #expect(service["stage"] == "accepted")
        #expect(service["assigned_to"]?.string == scene.mechanic.id)
    }

    @Test("D7: a driver's choice is asked; an admin's choice has the service at once")
    func assign() async throws {
        let server = try server()
        let scene = try await Scene()
        let asked = try await scene.customer.ask(
            "POST", scene.path + "/assign", ["mechanic_id": .string(scene.mechanic.id)])
        #expect(try data(asked)["service"]?["status"] == "pending")
        _ = try await scene.accepted()

        let other = try await Scene()
        let admin = try await server.admin()
        let given = try await admin.ask("POST", other.path + "/assign", ["mechanic_id": .int(other.mechanic.number)])
        #expect(try data(given)["service"]?["assigned_to"]?.string == other.mechanic.id)
        #expect(try data(given)["service"]?["status"] == "accepted")
    }

    @Test(
        "D7: a mechanic who is none is 422", arguments: ["000000000000000000000000", "nobody", 0, true, nil] as [JSON])
    func assignNobody(mechanic: JSON) async throws {
        let scene = try await Scene()
        expectProblem(
            try await scene.customer.ask("POST", scene.path + "/assign", ["mechanic_id": mechanic]), 422,
            "VALIDATION_ERROR",
            fields: ["mechanic_id"], mechanic.text)
    }

    @Test("F5, K23: the work starts with the driver's code, and with no other")
    func start() async throws {
        let scene = try await Scene().accepted()
        let code = try await scene.otp()
        let wrong = code == "000000" ? "111111" : "000000"
        expectProblem(try await scene.mechanic.ask("POST", scene.path + "/start", [:]), 422, "OTP_REQUIRED")
        expectProblem(
            try await scene.mechanic.ask("POST", scene.path + "/start", ["otp": .string(wrong)]), 422, "OTP_INVALID")
        expectProblem(
            try await scene.mechanic.ask(
                "PUT", scene.path + "/status", ["status": "in_progress", "otp": .string(wrong)]), 422,
            "OTP_INVALID")
        expectProblem(
            try await scene.mechanic.ask("POST", scene.path + "/start", ["otp": .int(123456)]), 422, "VALIDATION_ERROR")
        #expect(try await scene.seen(by: scene.customer)["status"] == "accepted")

        let started = try await scene.mechanic.ask("POST", scene.path + "/start", ["otp": .string(code)])
        #expect(try data(started)["service"]?["status"] == "in_progress")
        #expect(try await scene.seen(by: scene.customer)["start_otp"] == nil)
        let done = try await scene.mechanic.ask("POST", scene.path + "/complete")
        #expect(try data(done)["service"]?["status"] == "completed")
        expectProblem(try await scene.mechanic.ask("POST", scene.path + "/complete"), 409)
    }

    @Test("F5: five wrong codes lock the start, and say for how long")
    func locked() async throws {
        let scene = try await Scene().accepted()
        let code = try await scene.otp()
        let wrong = code == "000000" ? "111111" : "000000"
        for _ in 0..<5 { _ = try await scene.mechanic.ask("POST", scene.path + "/start", ["otp": .string(wrong)]) }
        let locked = try await scene.mechanic.ask("POST", scene.path + "/start", ["otp": .string(code)])
        expectProblem(locked, 429, "OTP_LOCKED")
        let seconds = try #require(locked.headers["Retry-After"].flatMap { Int($0) })
        #expect((1...300).contains(seconds))
        #expect(locked.json?["retry_after"]?.int == Int64(seconds))
    }

    @Test("F5: a driver cancels before the work, not after it has begun; both spellings do")
    func cancel() async throws {
        let open = try await Scene()
        let answer = try await open.customer.ask("POST", open.path + "/cancel", ["reason": "Friend came"])
        let service = try #require(try data(answer)["service"])
        #expect(service["status"] == "cancelled")
        #expect(service["events"]?.array?.last?["reason"] == "Friend came")
        #expect(service["events"]?.array?.last?["by"] == "driver")
        expectProblem(try await open.mechanic.ask("POST", open.path + "/accept"), 409, "JOB_CANCELLED")

        let spelled = try await Scene()
        let word = try await spelled.customer.ask("PUT", spelled.path + "/status", ["status": "canceled"])
        #expect(try data(word)["service"]?["status"] == "cancelled")

        let busy = try await Scene().accepted()
        _ = try data(try await busy.mechanic.ask("PUT", busy.path + "/status", ["status": "in_progress"]))
        expectProblem(try await busy.customer.ask("POST", busy.path + "/cancel"), 409)
    }

    @Test("F5: a mechanic's cancellation reopens the service for the others")
    func giveBack() async throws {
        let scene = try await Scene().accepted()
        let answer = try await scene.mechanic.ask("POST", scene.path + "/cancel", ["reason": "Flat tyre"])
        let service = try #require(try data(answer)["service"])
        #expect(service["status"] == "pending")
        #expect(service["assigned_to"] == .null)
    }

    @Test("D9: the history is one's own, newest first, in pages or by cursor")
    func history() async throws {
        let server = try server()
        let customer = try await server.customer()
        var numbers: [Int64] = []
        for _ in 0..<3 { numbers.insert(try #require(try await customer.request()["number"]?.int), at: 0) }
        let first = try data(try await customer.ask("GET", "/api/services/history?page=1&per_page=2"))
        #expect(first["services"]?.array?.compactMap { $0["number"]?.int } == Array(numbers.prefix(2)))
        #expect(first["pagination"]?["total"] == 3)
        #expect(first["pagination"]?["pages"] == 2)
        #expect(first["pagination"]?["per_page"] == 2)
        let second = try data(try await customer.ask("GET", "/api/services/history?page=2&per_page=2"))
        #expect(second["services"]?.array?.compactMap { $0["number"]?.int } == [numbers[2]])
        let cursor = try #require(first["pagination"]?["next_cursor"]?.string)
        let scrolled = try data(try await customer.ask("GET", "/api/services/history?limit=2&cursor=\(cursor)"))
        #expect(scrolled["services"]?.array?.compactMap { $0["number"]?.int } == [numbers[2]])
        #expect(scrolled["pagination"]?["next_cursor"] == .null)

        let stranger = try await server.customer()
        #expect(try data(try await stranger.ask("GET", "/api/services/history"))["services"] == [])
        _ = try data(try await customer.ask("POST", "/api/services/\(numbers[0])/cancel"))
        let cancelled = try data(try await customer.ask("GET", "/api/services/history?status=cancelled"))
        #expect(cancelled["services"]?.array?.compactMap { $0["number"]?.int } == [numbers[0]])
    }

    @Test(
        "D9: a slice that makes no sense is 422",
        arguments: [
            "page=0", "page=-1", "per_page=101", "per_page=0", "limit=1000", "page=two", "cursor=%7B%7D", "status=done",
            "per_page=1e1", "page=99999999999999999999",
        ])
    func badSlice(query: String) async throws {
        let customer = try await server().customer()
        expectProblem(try await customer.ask("GET", "/api/services/history?\(query)"), 422, "VALIDATION_ERROR", query)
    }

    @Test("F5: the catalogue is open to everybody")
    func types() async throws {
        let data = try data(try await server().http().get("/api/services/types"))
        #expect(
            data["service_types"]?.array?.compactMap { $0["code"]?.string } == [
                "breakdown", "towing", "fuel_delivery", "tyre_change", "battery_jump", "lockout", "mechanic_dispatch",
            ])
        #expect(data["service_types"]?[0]?["price_from"] == 1500)
    }

    @Test("decision 9: a service answers to its id, its number and its UUID")
    func threeNames() async throws {
        let scene = try await Scene()
        let number = try #require(scene.service["number"]?.int)
        let uuid = PublicUUID.encode(try #require(ObjectID(scene.id)))
        for name in [scene.id, String(number), uuid, scene.id.uppercased()] {
            let answer = try await scene.customer.ask("GET", "/api/services/\(name)")
            #expect(try data(answer)["service"]?["id"]?.string == scene.id)
        }
        for name in ["0", "-5", "nonsense", "99999999999999999999", "000000000000000000000000", "a%00b", "%2e%2e"] {
            let answer = try await scene.customer.ask("GET", "/api/services/\(name)")
            #expect([400, 404].contains(answer.status), "\(name): \(answer.text)")
            expectProblem(answer, answer.status)
        }
    }
}
