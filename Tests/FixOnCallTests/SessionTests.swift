import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import RoadsideTesting
import Testing

@Suite("D2–D4, F7: signing in, the profile, and going on", .server, .serialized)
struct SessionTests {
    @Test("D2: logging in by e-mail address, in any case, gives user and tokens")
    func byEmail() async throws {
        let person = try await server().customer()
        let answer = try await person.http.post(
            "/api/auth/login", ["email": .string(person.email.uppercased()), "password": .string(person.password)])
        let data = try data(answer)
        #expect(data["user"]?["id"]?.string == person.id)
        #expect(data["token"] == data["access_token"])
        #expect(data["refresh_token"]?.string?.isEmpty == false)
        let lifetime = try #require(data["expires_in"]?.int)
        #expect(lifetime > 0 && lifetime <= 900)
    }

    @Test("D2: logging in by phone number works in its national form, too")
    func byPhone() async throws {
        let person = try await server().customer()
        let national = "0" + person.phone.dropFirst(4)
        for phone in [person.phone, national] {
            let answer = try await person.http.post(
                "/api/auth/login", ["phone": .string(phone), "password": .string(person.password)])
            #expect(try data(answer)["user"]?["id"]?.string == person.id)
        }
    }

    @Test("D2: a wrong password and an unknown address look alike")
    func wrongPassword() async throws {
        let person = try await server().customer()
        let wrong = try await person.http.post(
            "/api/auth/login", ["email": .string(person.email), "password": "not this one"])
        let unknown = try await person.http.post(
            "/api/auth/login", ["email": "nobody@example.com", "password": "not this one"])
        expectProblem(wrong, 401, "INVALID_CREDENTIALS")
        expectProblem(unknown, 401, "INVALID_CREDENTIALS")
        #expect(wrong.json?["message"] == unknown.json?["message"])
    }

    @Test("D3: the profile is one's own, without anything secret")
    func profile() async throws {
        let person = try await server().customer()
        let answer = try await person.ask("GET", "/api/auth/profile")
        let user = try #require(try data(answer)["user"])
        #expect(user["id"]?.string == person.id)
        #expect(user["_id"] == user["id"])
        #expect(user["number"]?.int == person.number)
        #expect(user["user_type"] == "driver")
        #expect(names(in: user).isDisjoint(with: ["password", "password_hash", "session_version", "roles"]))
    }

    @Test(
        "D3: no token, a broken one and one of another scheme are 401",
        arguments: [
            nil, "Bearer", "Bearer ", "Bearer x.y.z", "Basic YTpi", "bearer eyJhbGciOiJub25lIn0.e30.", "Token abc",
        ] as [String?])
    func noToken(header: String?) async throws {
        let headers = header.map { [("Authorization", $0)] } ?? []
        expectProblem(
            try await server().http().request("GET", "/api/auth/profile", headers: headers), 401, "INVALID_TOKEN",
            header ?? "none")
    }

    @Test("D3: an expired token is 401")
    func expired() async throws {
        let person = try await server().customer()
        let token = try await server().token(for: person, lasting: -5)
        expectProblem(try await person.http.get("/api/auth/profile", token: token), 401, "INVALID_TOKEN")
    }

    @Test("D3: the scheme's case does not matter")
    func lowercaseScheme() async throws {
        let person = try await server().customer()
        let answer = try await person.http.request(
            "GET", "/api/auth/profile", headers: [("Authorization", "bearer \(person.token)")])
        _ = try data(answer)
    }

    @Test("D4: a driver changes name and vehicle; what he does not name stays")
    func updateDriver() async throws {
        let person = try await server().customer()
        let vehicle: JSON = ["make": "Mazda", "model": "Demio", "year": 2012, "license_plate": "KCA 001Z"]
        let user = try #require(
            try data(try await person.ask("PUT", "/api/auth/profile", ["name": "New Name", "vehicle_info": vehicle]))[
                "user"])
        #expect(user["name"] == "New Name")
        #expect(user["vehicle_info"] == vehicle)
        #expect(user["phone"]?.string == person.phone)
        #expect(try data(try await person.ask("GET", "/api/auth/profile"))["user"]?["name"] == "New Name")
    }

    @Test("D4, decision 23: a mechanic changes availability and position")
    func updateMechanic() async throws {
        let person = try await server().provider(at: Spot.fresh())
        let user = try #require(
            try data(
                try await person.ask(
                    "PUT", "/api/auth/profile",
                    [
                        "is_available": false, "location": ["latitude": -1.25, "longitude": 36.75],
                        "experience_years": 9,
                        "service_radius_km": 12.5, "specialization": ["towing"],
                    ]))["user"])
        #expect(user["is_available"] == false)
        #expect(user["availability"] == "offline")
        #expect(user["location"] == ["latitude": -1.25, "longitude": 36.75])
        #expect(user["experience_years"] == 9)
        #expect(user["service_radius_km"] == 12.5)
        #expect(user["specialization"] == ["towing"])
    }

    @Test("D4: a wrong field changes nothing at all")
    func updateRefused() async throws {
        let person = try await server().customer("Before")
        expectProblem(
            try await person.ask("PUT", "/api/auth/profile", ["name": "After", "phone": "abc"]), 422,
            "VALIDATION_ERROR",
            fields: ["phone"])
        expectProblem(
            try await person.ask("PUT", "/api/auth/profile", ["name": "After", "is_available": "yes"]), 422,
            "VALIDATION_ERROR", fields: ["is_available"])
        #expect(try data(try await person.ask("GET", "/api/auth/profile"))["user"]?["name"] == "Before")
    }

    @Test("F7: a refresh token is replaced at every use")
    func refresh() async throws {
        let person = try await server().customer()
        let data = try data(
            try await person.http.post("/api/auth/refresh", ["refresh_token": .string(person.refreshToken)]))
        #expect(data["user"]?["id"]?.string == person.id)
        #expect(data["refresh_token"]?.string != person.refreshToken)
        let token = try #require(data["access_token"]?.string)
        #expect(try await person.http.get("/api/auth/profile", token: token).status == 200)
    }

    @Test("F7: neither an access token nor a made-up one refreshes")
    func wrongRefresh() async throws {
        let person = try await server().customer()
        for token in [person.token, "", "x", String(repeating: "a", count: 43)] where !token.isEmpty {
            expectProblem(
                try await person.http.post("/api/auth/refresh", ["refresh_token": .string(token)]), 401, "INVALID_TOKEN"
            )
        }
        expectProblem(try await person.http.post("/api/auth/refresh", [:]), 422, fields: ["refresh_token"])
        let bearer = try await person.http.get("/api/auth/profile", token: person.refreshToken)
        expectProblem(bearer, 401, "INVALID_TOKEN")
    }

    @Test("F7: logging out ends the session's refresh token")
    func logout() async throws {
        let person = try await server().customer()
        _ = try data(try await person.ask("POST", "/api/auth/logout"))
        expectProblem(
            try await person.http.post("/api/auth/refresh", ["refresh_token": .string(person.refreshToken)]), 401)
    }

    @Test("F7: logging out everywhere ends every session's tokens at once")
    func logoutAll() async throws {
        let person = try await server().customer()
        let second = try data(
            try await person.http.post(
                "/api/auth/login", ["email": .string(person.email), "password": .string(person.password)]))
        let token = try #require(second["token"]?.string)
        _ = try data(try await person.ask("POST", "/api/auth/logout-all"))
        expectProblem(try await person.http.get("/api/auth/profile", token: token), 401, "INVALID_TOKEN")
        expectProblem(try await person.ask("GET", "/api/auth/profile"), 401, "INVALID_TOKEN")
        let refresh = try #require(second["refresh_token"])
        expectProblem(try await person.http.post("/api/auth/refresh", ["refresh_token": refresh]), 401, "INVALID_TOKEN")
    }

    @Test("F7, K41: the code that was sent proves an address, once", arguments: ["email", "phone"])
    func rightCode(kind: String) async throws {
        let person = try await server().customer()
        let address = kind == "email" ? person.email : person.phone
        let code = try sentCode(to: address)
        let body = JSON(members: [(kind, .string(address)), ("code", .string(code))])
        #expect(try data(try await person.http.post("/api/auth/verify-\(kind)", body))["is_verified"] == true)
        #expect(try data(try await person.ask("GET", "/api/auth/profile"))["user"]?["is_verified"] == true)
        expectProblem(try await person.http.post("/api/auth/verify-\(kind)", body), 400, "CODE_INVALID")
    }

    @Test("F7: a wrong code proves nothing, under either address")
    func verification() async throws {
        let person = try await server().customer()
        expectProblem(
            try await person.http.post("/api/auth/verify-email", ["email": .string(person.email), "code": "abcdef"]),
            400,
            "CODE_INVALID")
        expectProblem(
            try await person.http.post("/api/auth/verify-phone", ["phone": .string(person.phone), "code": "000"]), 400,
            "CODE_INVALID")
        expectProblem(try await person.http.post("/api/auth/verify-email", [:]), 422, fields: ["email", "code"])
    }

    @Test("F7: asking for a new code does not tell who has an account")
    func resend() async throws {
        let person = try await server().customer()
        let known = try await person.http.post("/api/auth/resend-verification", ["email": .string(person.email)])
        let unknown = try await person.http.post("/api/auth/resend-verification", ["email": "nobody@example.com"])
        let byToken = try await person.ask("POST", "/api/auth/resend-verification")
        for answer in [known, unknown, byToken] { _ = try data(answer, 202) }
        #expect(known.json?["message"] == unknown.json?["message"])
        expectProblem(try await person.http.post("/api/auth/resend-verification"), 401, "INVALID_TOKEN")
    }
}
