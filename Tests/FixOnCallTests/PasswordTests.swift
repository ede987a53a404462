import BSON
import FixOnCallClient
import Foundation
import RoadsideTesting
import Testing

@Suite("F7: a password that was forgotten, and one that is to be another", .server, .serialized)
struct PasswordTests {
    private static let new = "An even better one"

    private func forget(_ address: JSON) async throws -> HTTPAnswer {
        try await server().http().post("/api/auth/forgot-password", address)
    }

    @Test(
        "T18: the code sent sets the password, ends tokens and closes sockets with 4403", arguments: ["email", "phone"])
    func reset(kind: String) async throws {
        let person = try await server().customer()
        let address = kind == "email" ? person.email : person.phone
        let live = try await Live.open(person)
        _ = try data(try await forget(JSON(members: [(kind, .string(address))])), 202)
        let body = JSON(members: [
            (kind, .string(address)), ("code", .string(try sentCode(to: address, "reset"))),
            ("password", .string(Self.new)),
        ])
        _ = try data(try await person.http.post("/api/auth/reset-password", body))
        #expect(try await live.seqsUntilClosed().code == 4403)
        expectProblem(try await person.ask("GET", "/api/auth/profile"), 401, "INVALID_TOKEN")
        expectProblem(
            try await person.http.post("/api/auth/refresh", ["refresh_token": .string(person.refreshToken)]), 401)
        expectProblem(
            try await person.http.post(
                "/api/auth/login", ["email": .string(person.email), "password": .string(person.password)]), 401)
        let login = try await person.http.post(
            "/api/auth/login", ["email": .string(person.email), "password": .string(Self.new)])
        #expect(try data(login)["user"]?["id"]?.string == person.id)
        #expect(try letters(to: person.email).last?["notice"] == "password_changed")
        expectProblem(try await person.http.post("/api/auth/reset-password", body), 400, "CODE_INVALID")
    }

    @Test("T12: the answer for a known, an unknown and an impossible address is the same, header by header")
    func alike() async throws {
        let person = try await server().customer()
        var answers: [HTTPAnswer] = []
        for email in [person.email, "nobody@example.com", "nonsense"] {
            answers.append(try await forget(["email": .string(email)]))
        }
        for answer in answers {
            _ = try data(answer, 202)
            #expect(answer.json?["message"] == answers[0].json?["message"])
            #expect(answer.json?["data"] == [:])
        }
        #expect(try letters(to: "nobody@example.com").isEmpty)
    }

    @Test("T18: whatever host a request says it is for, no letter repeats it")
    func forgedHost() async throws {
        let person = try await server().customer()
        let answer = try await person.http.request(
            "POST", "/api/auth/forgot-password",
            headers: [
                ("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example"),
                ("Origin", "https://evil.example"),
            ],
            json: ["email": .string(person.email)])
        _ = try data(answer, 202)
        _ = try sentCode(to: person.email, "reset")
        #expect(try letters(to: person.email).allSatisfy { !$0.text.contains("evil") })
    }

    @Test("T9: a code that verifies resets nothing, and one that resets verifies nothing")
    func purposes() async throws {
        let person = try await server().customer()
        let verify = try sentCode(to: person.email)
        _ = try data(try await forget(["email": .string(person.email)]), 202)
        let reset = try sentCode(to: person.email, "reset")
        guard verify != reset else { return }
        expectProblem(
            try await person.http.post(
                "/api/auth/reset-password",
                ["email": .string(person.email), "code": .string(verify), "password": .string(Self.new)]), 400,
            "CODE_INVALID")
        expectProblem(
            try await person.http.post(
                "/api/auth/verify-email", ["email": .string(person.email), "code": .string(reset)]), 400,
            "CODE_INVALID")
    }

    @Test("what is missing or of a wrong type is named")
    func fields() async throws {
        let http = try server().http()
        expectProblem(try await forget([:]), 422, "VALIDATION_ERROR", fields: ["email"])
        expectProblem(try await forget(["email": ["$gt": ""]]), 422, "VALIDATION_ERROR", fields: ["email"])
        expectProblem(
            try await http.post("/api/auth/reset-password", [:]), 422, "VALIDATION_ERROR",
            fields: ["email", "code", "password"])
        expectProblem(
            try await http.post(
                "/api/auth/reset-password", ["email": "a@example.com", "code": "123456", "password": "short"]), 422,
            "VALIDATION_ERROR", fields: ["password"])
        let person = try await server().customer()
        expectProblem(
            try await person.ask("POST", "/api/auth/change-password", ["current_password": 5]), 422,
            "VALIDATION_ERROR", fields: ["current_password", "new_password"])
    }

    @Test("who changes his password stays where he is; his other devices and their sockets do not")
    func change() async throws {
        let person = try await server().customer()
        let elsewhere = try await person.anotherToken()
        let (here, there) = (try await Live.open(person), try await Live.open(person, token: elsewhere))
        let change: JSON = ["current_password": .string(person.password), "new_password": .string(Self.new)]
        _ = try data(try await person.ask("POST", "/api/auth/change-password", change))
        #expect(try await there.seqsUntilClosed().code == 4403)
        expectProblem(try await person.http.get("/api/auth/profile", token: elsewhere), 401, "INVALID_TOKEN")
        _ = try data(try await person.ask("GET", "/api/auth/profile"))
        _ = try await here.framesSoFar()
        expectProblem(
            try await person.ask("POST", "/api/auth/change-password", change), 422, "VALIDATION_ERROR",
            fields: ["current_password"])
    }
}
