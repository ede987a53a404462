import BSON
import FixOnCallClient
import Mongo
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("§4.8.1: commands under an Idempotency-Key", .server, .serialized)
struct IdempotencyKeyTests {
    private static let opening: JSON = [
        "service_type": "breakdown", "description": "It does not start",
        "location": ["latitude": -1.2921, "longitude": 36.8219, "address": "Kenyatta Avenue, Nairobi"],
    ]

    /// Asks on a connection of its own, so that many can ask at once.
    private func ask(
        _ person: Person, _ method: String, _ path: String, key: String, _ json: JSON? = nil
    ) async throws -> HTTPAnswer {
        try await person.server.http().request(
            method, path, headers: [("Authorization", "Bearer \(person.token)"), ("Idempotency-Key", key)], json: json)
    }

    private func count(of person: Person) async throws -> Int64? {
        let history = try data(try await person.ask("GET", "/api/services/history"))
        return history["pagination"]?["total"]?.int
    }

    /// Whether an answer is another one, word for word, said again.
    private func isReplay(_ answer: HTTPAnswer, of first: HTTPAnswer) -> Bool {
        ["Location", "ETag", "Content-Type", "Cache-Control"].allSatisfy { answer.headers[$0] == first.headers[$0] }
            && answer.headers["Idempotent-Replayed"] == "true" && answer.status == first.status
            && answer.body == first.body
    }

    @Test("fault 11: the same request again is answered the same, byte for byte, and nothing happens a second time")
    func replay() async throws {
        let customer = try await server().customer()
        let first = try await ask(customer, "POST", "/api/services/request", key: "once", Self.opening)
        _ = try data(first, 201)
        #expect(first.headers["Idempotent-Replayed"] == nil)
        #expect(first.headers["Location"]?.hasPrefix("/api/services/") == true && first.headers["ETag"] == "\"1\"")
        for _ in 1...3 {
            let again = try await ask(customer, "POST", "/api/services/request", key: "once", Self.opening)
            let isReplay = isReplay(again, of: first)
            #expect(isReplay, "\(again.status) \(again.text)")
        }
        #expect(try await count(of: customer) == 1)
        // Without the key, and with another one, it is another command.
        _ = try data(try await customer.ask("POST", "/api/services/request", Self.opening), 201)
        _ = try data(try await ask(customer, "POST", "/api/services/request", key: "twice", Self.opening), 201)
        #expect(try await count(of: customer) == 3)
    }

    @Test("fault 11: fifty at once under one key: one service, and whoever is answered is answered the same")
    func fiftyAtOnce() async throws {
        let customer = try await server().customer()
        let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
            for _ in 1...50 {
                group.addTask { try await ask(customer, "POST", "/api/services/request", key: "race", Self.opening) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let first = try #require(answers.first { $0.status == 201 && $0.headers["Idempotent-Replayed"] == nil })
        for answer in answers where answer.headers["Idempotent-Replayed"] == "true" {
            let isReplay = isReplay(answer, of: first)
            #expect(isReplay, "\(answer.status) \(answer.text)")
        }
        let fresh = answers.filter { $0.status == 201 && $0.headers["Idempotent-Replayed"] == nil }
        #expect(fresh.count == 1)
        for answer in answers where answer.status != 201 {
            expectProblem(answer, 409, "IDEMPOTENCY_IN_PROGRESS")
            #expect(answer.headers["Retry-After"] == "1")
        }
        #expect(try await count(of: customer) == 1)
    }

    @Test("two bodies at once under one key: one is carried out, the other is told that the key is taken")
    func twoBodies() async throws {
        for round in 1...10 {
            let customer = try await server().customer()
            let other = Self.opening.adding("description", "It smokes")
            async let one = ask(customer, "POST", "/api/services/request", key: "two-\(round)", Self.opening)
            async let two = ask(customer, "POST", "/api/services/request", key: "two-\(round)", other)
            let answers = try await [one, two].sorted { $0.status < $1.status }
            _ = try data(answers[0], 201)
            expectProblem(answers[1], 422, "IDEMPOTENCY_KEY_REUSED")
            #expect(try await count(of: customer) == 1)
        }
    }

    @Test("keys are each one's own, and each route's")
    func scope() async throws {
        let (one, two) = (try await server().customer(), try await server().customer())
        let first = try await ask(one, "POST", "/api/services/request", key: "shared", Self.opening)
        let second = try await ask(two, "POST", "/api/services/request", key: "shared", Self.opening)
        let ids = try [first, second].map { try data($0, 201)["service"]?["id"]?.string }
        #expect(ids[0] != ids[1] && second.headers["Idempotent-Replayed"] == nil)
        let path = "/api/services/\(try #require(ids[0]))"
        let cancelled = try await ask(one, "POST", path + "/cancel", key: "shared", ["reason": "Friend came"])
        #expect(try data(cancelled)["service"]?["status"] == "cancelled")
        // His key opens nothing of hers.
        expectProblem(try await ask(two, "POST", path + "/cancel", key: "shared", [:]), 404, "NOT_FOUND")
    }

    @Test("a refusal that came before anything was done is not kept: the mended request goes through under its key")
    func refusalsAreNotKept() async throws {
        let customer = try await server().customer()
        let wrong = Self.opening.adding("service_type", "teleport")
        for _ in 1...2 {
            let refused = try await ask(customer, "POST", "/api/services/request", key: "mended", wrong)
            expectProblem(refused, 422, "VALIDATION_ERROR", fields: ["service_type"])
        }
        let opened = try await ask(customer, "POST", "/api/services/request", key: "mended", Self.opening)
        let id = try #require(try data(opened, 201)["service"]?["id"]?.string)
        // Nor is a wrong type of body, a wrong role, or a service that is not there.
        let headers = [("Authorization", "Bearer \(customer.token)"), ("Idempotency-Key", "typed")]
        let text = try await server().http().request(
            "POST", "/api/services/\(id)/cancel", headers: headers + [("Content-Type", "text/plain")],
            body: [0x7B, 0x7D])
        expectProblem(text, 415)
        expectProblem(try await ask(customer, "POST", "/api/services/\(id)/accept", key: "role"), 403, "FORBIDDEN")
        expectProblem(try await ask(customer, "POST", "/api/services/999999/cancel", key: "none"), 404, "NOT_FOUND")
        let kept = try await server().database.client.collection("idempotency_keys").count([
            "user_id": .id(try #require(ObjectID(customer.id)))
        ])
        #expect(kept == 1)
    }

    @Test("a conflict of state is kept: who was too late under a key stays too late under it")
    func conflictsAreKept() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (customer, mechanic) = (try await server.customer(), try await server.provider(at: spot))
        let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
        let path = "/api/services/\(try #require(service["id"]?.string))"
        let early = try await ask(mechanic, "POST", path + "/complete", key: "early")
        expectProblem(early, 404, "NOT_FOUND")
        _ = try data(try await mechanic.ask("POST", path + "/accept"))
        let refused = try await ask(mechanic, "POST", path + "/complete", key: "too-soon")
        expectProblem(refused, 409, "ILLEGAL_TRANSITION")
        _ = try data(try await mechanic.ask("PUT", path + "/status", ["status": "in_progress"]))
        let again = try await ask(mechanic, "POST", path + "/complete", key: "too-soon")
        let isReplay = isReplay(again, of: refused)
        #expect(isReplay, "\(again.status) \(again.text)")
        _ = try data(try await ask(mechanic, "POST", path + "/complete", key: "now"))
    }

    @Test("the start code that an answer shows is not readable where the answer is kept")
    func sealed() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (customer, mechanic) = (try await server.customer(), try await server.provider(at: spot))
        let service = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
        let id = try #require(service["id"]?.string)
        _ = try data(try await mechanic.ask("POST", "/api/services/\(id)/accept"))
        let booked = try await ask(
            customer, "POST", "/api/bookings/create", key: "code", ["service_id": .string(id), "notes": "Gate"])
        let code = try #require(try data(booked, 201)["booking"]?["start_otp"]?.string)
        let kept = try await server.database.client.collection("idempotency_keys").find([
            "user_id": .id(try #require(ObjectID(customer.id)))
        ])
        #expect(kept.count == 1 && !kept[0].debugDescription.contains(code))
        let again = try await ask(
            customer, "POST", "/api/bookings/create", key: "code", ["service_id": .string(id), "notes": "Gate"])
        #expect(try data(again, 201)["booking"]?["start_otp"]?.string == code)
    }

    @Test("what cannot be a key is 400, on whatever route takes one, before anything happens")
    func malformed() async throws {
        let customer = try await server().customer()
        for key in ["", "two words", "caf\u{E9}", String(repeating: "k", count: 256)] {
            let answer = try await ask(customer, "POST", "/api/services/request", key: key, Self.opening)
            expectProblem(answer, 400, "MALFORMED_REQUEST", key)
        }
        let twice = try await customer.http.request(
            "POST", "/api/services/request",
            headers: [
                ("Authorization", "Bearer \(customer.token)"), ("Idempotency-Key", "a"), ("Idempotency-Key", "b"),
            ], json: Self.opening)
        expectProblem(twice, 400, "MALFORMED_REQUEST")
        #expect(try await count(of: customer) == 0)
        let large = try await ask(
            customer, "POST", "/api/services/request", key: "large",
            Self.opening.adding("description", .string(String(repeating: "x", count: 70_000))))
        expectProblem(large, 413, "PAYLOAD_TOO_LARGE")
    }

    @Test("where tokens are answered nothing is kept: public routes take no key")
    func publicRoutes() async throws {
        let server = try server()
        let customer = try await server.customer()
        let body: JSON = ["email": .string(customer.email), "password": .string(customer.password)]
        let headers = [("Idempotency-Key", "login")]
        let first = try data(try await server.http().post("/api/auth/login", body, headers: headers))
        let again = try await server.http().post("/api/auth/login", body, headers: headers)
        #expect(again.headers["Idempotent-Replayed"] == nil)
        #expect(try data(again)["refresh_token"] != first["refresh_token"])
        let kept = try await server.database.client.collection("idempotency_keys").count([
            "route": "POST /api/auth/login"
        ])
        #expect(kept == 0)
    }

    @Test("the documents tell of the key on every POST and PATCH that takes one, and nowhere else")
    func documented() async throws {
        let document = try #require(try await server().http().get("/api/swagger.json").json)
        var keyed = 0
        for path in document["paths"]?.object ?? [] where path.name.hasPrefix("/api/") {
            for operation in path.value.object ?? [] {
                // A file is stored while it arrives.
                let isForm = operation.value["requestBody"]?["content"]?["multipart/form-data"] != nil
                let takesKey =
                    ["post", "patch"].contains(operation.name) && operation.value["security"] != nil && !isForm
                let parameters = operation.value["parameters"]?.array ?? []
                let told = parameters.contains { $0["name"] == "Idempotency-Key" && $0["in"] == "header" }
                #expect(told == takesKey, "\(operation.name) \(path.name)")
                keyed += told ? 1 : 0
            }
        }
        #expect(keyed >= 20)
    }
}
