import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("D1: registering", .server, .serialized)
struct RegistrationTests {
    @Test("D1 D27: the documented driver is registered word for word, answered 201 with user and tokens")
    func documentedDriver() async throws {
        let http = try server().http()
        let answer = try await http.post("/api/auth/register", try Golden.load("register-driver.request"))
        let data = try data(answer, 201)
        try expectGolden("sign-in-driver", answer.json)
        #expect(data["user"]?["vehicle_info"] == (try Golden.load("register-driver.request"))["vehicle_info"])
        #expect(data["token"] == data["access_token"])
        #expect(answer.headers["Location"] == "/api/auth/profile")

        let again = try await http.post("/api/auth/register", try Golden.load("register-driver.request"))
        expectProblem(again, 409, "EMAIL_TAKEN")
    }

    @Test("D1 D27: the documented mechanic is registered word for word, available, and told that he has no position")
    func documentedMechanic() async throws {
        let answer = try await server().http().post("/api/auth/register", try Golden.load("register-mechanic.request"))
        let data = try data(answer, 201)
        try expectGolden("sign-in-mechanic", answer.json)
        #expect(data["user"]?["specialization"] == ["engine", "electrical"])
        #expect(data["user"]?["service_radius_km"] == 20)
        #expect(data["user"]?["is_available"] == true)
        #expect(answer.json?["message"]?.string?.contains("position") == true)
    }

    @Test("D1: a number written as a national one belongs to the same person")
    func nationalPhone() async throws {
        let http = try server().http()
        var body = try newcomer()
        body.add("phone", "0722000111")
        let user = try data(try await http.post("/api/auth/register", body), 201)["user"]
        #expect(user?["phone"] == "+254722000111")
        var other = try newcomer()
        other.add("phone", "+254 722 000 111")
        expectProblem(try await http.post("/api/auth/register", other), 409, "PHONE_TAKEN")
    }

    @Test(
        "D1, K32: nobody makes himself an admin, a partner or a dispatcher",
        arguments: ["admin", "partner", "dispatcher"])
    func privileged(word: String) async throws {
        var body = try newcomer()
        body.add("user_type", .string(word))
        let http = try server().http()
        expectProblem(try await http.post("/api/auth/register", body), 403, "FORBIDDEN")
        body.add("bootstrap_token", "a guess")
        expectProblem(try await http.post("/api/auth/register", body), 403, "FORBIDDEN")
        // Nothing was written: the address is still free.
        body.add("user_type", "driver")
        _ = try data(try await http.post("/api/auth/register", body), 201)
    }

    @Test("D1: secrets and fields of other kinds are neither stored nor shown")
    func massAssignment() async throws {
        var body = try newcomer()
        for (name, value) in [
            ("is_verified", true), ("is_admin", true), ("roles", ["admin"]), ("password_hash", "x"), ("_id", "1"),
            ("session_version", 9), ("rating", 5), ("specialization", ["engine"]),
        ] as [(String, JSON)] { body.add(name, value) }
        let answer = try await server().http().post("/api/auth/register", body)
        let data = try data(answer, 201)
        #expect(data["user"]?["is_verified"] == false)
        #expect(data["user"]?["user_type"] == "driver")
        let shown = names(in: try #require(answer.json))
        #expect(
            shown.isDisjoint(with: [
                "password", "password_hash", "session_version", "roles", "rating", "specialization",
            ]))
        #expect(!answer.text.contains("Long-"))
    }

    @Test("D1: several faults are reported in one answer, each under its own name")
    func everyIssueAtOnce() async throws {
        let answer = try await server().http().post(
            "/api/auth/register",
            [
                "email": 5, "name": "   ", "phone": ["+254"], "user_type": "customer", "experience_years": "5",
                "vehicle_info": ["make": 1, "year": "new"],
            ])
        expectProblem(
            answer, 422, "VALIDATION_ERROR",
            fields: [
                "email", "password", "name", "phone", "user_type", "experience_years", "vehicle_info.make",
                "vehicle_info.model", "vehicle_info.year",
            ])
    }

    @Test(
        "D33: address, number and password are checked",
        arguments: [
            ("email", "no address"), ("email", "a@b"), ("phone", "12345"), ("phone", "+254112"), ("password", "short"),
            ("password", "password123"), ("password", ""), ("name", "\u{202E}evil"),
        ])
    func formats(field: String, value: String) async throws {
        var body = try newcomer()
        body.add(field, .string(value))
        expectProblem(
            try await server().http().post("/api/auth/register", body), 422, "VALIDATION_ERROR", fields: [field], value)
    }
}

/// A registration nobody else makes.
func newcomer(_ type: String = "driver") throws -> JSON {
    let unique = ObjectID().hex
    let digits = (UInt64(unique.suffix(10), radix: 16) ?? 0) % 10_000_000 + 10_000_000
    return [
        "email": .string("\(unique)@example.com"), "password": .string("Long-\(unique)"), "name": "Wanjiku Kamau",
        "phone": .string("+25470\(String(digits).dropFirst())"), "user_type": .string(type),
    ]
}
