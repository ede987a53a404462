import BSON
import FixOnCallClient
import FixOnCallServer
import RoadsideTesting
import Testing

private let guarded: @Sendable (inout Settings) -> Void = {
    // The tests are the proxy, and everybody is behind it.
    $0.http.trustedProxies = ["127.0.0.1"]
    $0.limits.failuresPerAddress = 10
    $0.limits.passwordDelaySeconds = 600
}

@Suite("T9, T12, T13 over the wire: how often anybody may be wrong", .server(guarded), .serialized)
struct GuessLimitTests {
    private func login(
        _ email: String, _ password: String, from address: String, device: String? = nil
    ) async throws -> HTTPAnswer {
        try await server().http().request(
            "POST", "/api/auth/login",
            headers: [("X-Forwarded-For", address)] + (device.map { [("X-Device-Id", $0)] } ?? []),
            json: ["email": .string(email), "password": .string(password)])
    }

    @Test(
        "T13: a hundred wrong passwords; then the attacker hears 429, and the owner signs in on a device that is known")
    func stuffing() async throws {
        let person = try await server().customer()
        #expect(try await login(person.email, person.password, from: "192.0.2.1", device: "my phone").status == 200)
        var answers: [HTTPAnswer] = []
        for _ in 1...100 { answers.append(try await login(person.email, "wrong", from: "198.51.100.7")) }
        for answer in answers.prefix(5) { expectProblem(answer, 401, "INVALID_CREDENTIALS") }
        for answer in answers.dropFirst(5) {
            expectProblem(answer, 429, "RATE_LIMITED")
            #expect(answer.json?["retry_after"]?.int.map(String.init) == answer.headers["Retry-After"])
        }
        let owner = try await login(person.email, person.password, from: "203.0.113.9", device: "my phone")
        #expect(try data(owner)["user"]?["id"]?.string == person.id)
        // Somebody who is known nowhere waits, whatever he says.
        expectProblem(
            try await login(person.email, person.password, from: "203.0.113.9", device: "x"), 429, "RATE_LIMITED")
    }

    @Test("T13: many accounts tried from one address are 429 for all of them, whoever it says it is behind")
    func spraying() async throws {
        for guess in 1...10 {
            expectProblem(try await login("n\(guess)@example.com", "wrong", from: "198.51.100.20"), 401)
        }
        expectProblem(try await login("n11@example.com", "wrong", from: "198.51.100.20"), 429, "RATE_LIMITED")
        // What stands left of the address that the proxy saw is the client's own invention.
        expectProblem(
            try await login("n12@example.com", "wrong", from: "203.0.113.1, 198.51.100.20"), 429, "RATE_LIMITED")
        expectProblem(
            try await login("n12@example.com", "wrong", from: "198.51.100.20, 127.0.0.1"), 429, "RATE_LIMITED")
        expectProblem(try await login("n12@example.com", "wrong", from: "198.51.101.20"), 401)
        let code = try await server().http().request(
            "POST", "/api/auth/verify-email", headers: [("X-Forwarded-For", "198.51.100.20")],
            json: ["email": "n1@example.com", "code": "123456"])
        expectProblem(code, 429, "RATE_LIMITED")
    }

    @Test("T12: login, reset, resend and verification answer known and unknown addresses alike, bodies and headers")
    func alike() async throws {
        let person = try await server().customer()
        // What differs from request to request, and the length of a wait that goes on while it is told.
        let own: Set<String> = ["timestamp", "request_id", "retry_after", "x-request-id", "date", "retry-after"]
        var requests = 0
        func ask(_ path: String, _ body: JSON) async throws -> String {
            requests += 1
            let answer = try await server().http().request(
                "POST", path, headers: [("X-Forwarded-For", "192.0.2.\(requests)")], json: body)
            let members = (answer.json?.object ?? []).filter { !own.contains($0.name) }
            let fields = answer.headers.fields.filter { !own.contains($0.name.lowercased()) }
            let headers = fields.map { "\($0.name): \($0.value)" }.sorted()
            return "\(answer.status) \(JSON.object(members).text) \(headers)"
        }
        for (path, rest) in [
            ("login", ["password": "wrong"]), ("forgot-password", [:]), ("resend-verification", [:]),
            ("verify-email", ["code": "123"]), ("reset-password", ["code": "123", "password": "A better one 7"]),
        ] as [(String, JSON)] {
            // Further than the delays begin.
            for _ in 1...(path == "login" ? 7 : 1) {
                let known = try await ask("/api/auth/\(path)", rest.adding("email", .string(person.email)))
                let unknown = try await ask("/api/auth/\(path)", rest.adding("email", "nobody-\(path)@example.com"))
                #expect(known == unknown)
            }
        }
    }

    @Test("a session that has guessed wrong five times waits, at every place that asks for the password")
    func sessions() async throws {
        let person = try await server().customer()
        let wrong: JSON = ["password": "wrong", "current_password": "wrong", "new_password": "A better one 7"]
        for _ in 1...5 {
            expectProblem(try await person.ask("POST", "/api/auth/change-password", wrong), 422, "VALIDATION_ERROR")
        }
        let address = wrong.adding("email", "new@example.com")
        for (method, path, body) in [
            ("POST", "change-password", wrong), ("POST", "change-address", address), ("DELETE", "account", wrong),
        ] {
            let answer = try await person.ask(method, "/api/auth/\(path)", body)
            expectProblem(answer, 429, "RATE_LIMITED", path)
            #expect(answer.headers["Retry-After"] != nil)
        }
    }
}
