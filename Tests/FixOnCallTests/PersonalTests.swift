import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("F7: what is held about oneself, to take along and to take away", .server, .serialized)
struct PersonalTests {
    private static let secrets: Set<String> = [
        "password", "password_hash", "hash", "refresh_token", "access_token", "token", "session_version", "successor",
        "device", "roles", "otp", "sealed",
    ]

    @Test("the export is one document with all that is one's own, and nothing secret")
    func export() async throws {
        let person = try await server().customer()
        let service = try await person.request()
        let booked = try await person.ask(
            "POST", "/api/bookings/create",
            ["location": ["latitude": -1.2921, "longitude": 36.8219], "notes": "Gate 7"])
        let booking = try data(booked, 201)["booking"]
        let answer = try await person.ask("GET", "/api/auth/export")
        let record = try data(answer)
        #expect(answer.headers["Content-Disposition"]?.hasPrefix("attachment") == true)
        #expect(answer.headers["Cache-Control"] == "no-store")
        #expect(record["user"]?["id"]?.string == person.id)
        let services = (record["services"]?.array ?? []).compactMap { $0["id"]?.string }
        #expect(services.count == 2 && services.contains(service["id"]?.string ?? ""))
        #expect(record["bookings"]?[0]?["id"] == booking?["id"] && record["bookings"]?[0]?["notes"] == "Gate 7")
        #expect(record["sessions"]?.array?.count == 1 && record["sessions"]?[0]?["is_current"] == true)
        #expect(names(in: record).isDisjoint(with: Self.secrets))
        #expect(!answer.text.contains(person.refreshToken) && !answer.text.contains(person.password))
    }

    @Test("what a mechanic comes in is his own, too, wherever he has told of it")
    func ownVehicle() async throws {
        let http = try server().http()
        let digits = (UInt64(ObjectID().hex.suffix(10), radix: 16) ?? 0) % 10_000_000 + 10_000_000
        let password = "Long-\(ObjectID().hex)"
        let registered = try await http.post(
            "/api/auth/register/",
            [
                "name": "Samir Assistant", "phone_number": .string("+25471\(String(digits).dropFirst())"),
                "password": .string(password), "password_confirm": .string(password), "user_type": "assistant",
                "service_type": "towing", "vehicle_type": "flatbed", "driving_license_cat": "c",
                "driving_license_num": "DL-4711", "driving_license_expiry": "31:12:40",
                "vehicle_registration_num": 1234567, "current_lat": -1.2921, "current_lng": 36.8219,
            ])
        let token = try #require(registered.json?["access"]?.string, "\(registered.text)")
        let record = try data(
            try await http.request("GET", "/api/auth/export", headers: [("Authorization", "Bearer \(token)")]))
        #expect(record["own_vehicle"] == ["type": "flatbed", "registration": "1234567"])
        let driver = try data(try await server().customer().ask("GET", "/api/auth/export"))
        #expect(driver["own_vehicle"] == .null)
    }

    @Test("an account is not erased during a service, nor by a wrong password; then it is, and the address is free")
    func erase() async throws {
        let server = try server()
        let person = try await server.customer()
        let service = try await person.request()
        let id = try #require(service["id"]?.string)
        let password: JSON = ["password": .string(person.password)]
        expectProblem(try await person.ask("DELETE", "/api/auth/account", password), 409, "CONFLICT")
        expectProblem(
            try await person.ask("DELETE", "/api/auth/account", [:]), 422, "VALIDATION_ERROR", fields: ["password"])
        expectProblem(
            try await person.ask("DELETE", "/api/auth/account", ["password": "not this one"]), 422, "VALIDATION_ERROR",
            fields: ["password"])
        _ = try data(try await person.ask("POST", "/api/services/\(id)/cancel"))

        let live = try await Live.open(person)
        _ = try data(try await person.ask("DELETE", "/api/auth/account", password))
        #expect(try await live.seqsUntilClosed().code == 4403)
        expectProblem(try await person.ask("GET", "/api/auth/profile"), 401, "INVALID_TOKEN")
        expectProblem(
            try await person.http.post("/api/auth/refresh", ["refresh_token": .string(person.refreshToken)]), 401)
        expectProblem(
            try await person.http.post(
                "/api/auth/login", ["email": .string(person.email), "password": .string(person.password)]), 401,
            "INVALID_CREDENTIALS")
        let seen = try data(try await server.admin().ask("GET", "/api/services/\(id)"))["service"]
        #expect(seen?["customer"]?["name"] == "Former member" && seen?["customer"]?["email"] != .string(person.email))
        var again = try newcomer()
        again.add("email", .string(person.email))
        again.add("phone", .string(person.phone))
        _ = try data(try await person.http.post("/api/auth/register", again), 201)
    }
}
