import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("F7: another e-mail address or phone number", .server, .serialized)
struct AddressTests {
    @Test("the new address counts once its code is shown; tokens and sockets stay, the old address hears of it")
    func change() async throws {
        let person = try await server().customer()
        let live = try await Live.open(person)
        let email = "new-\(person.email)"
        let change: JSON = ["email": .string(email), "password": .string(person.password)]
        #expect(try data(try await person.ask("POST", "/api/auth/change-address", change), 202) == [:])
        #expect(try data(try await person.ask("GET", "/api/auth/profile"))["user"]?["email"]?.string == person.email)

        let confirm: JSON = ["email": .string(email), "code": .string(try sentCode(to: email, "change"))]
        let user = try data(try await person.ask("POST", "/api/auth/confirm-address", confirm))["user"]
        #expect(user?["email"]?.string == email && user?["id"]?.string == person.id)
        _ = try await live.framesSoFar()
        _ = try data(try await person.ask("GET", "/api/auth/profile"))
        let login = try await person.http.post(
            "/api/auth/login", ["email": .string(email), "password": .string(person.password)])
        #expect(try data(login)["user"]?["id"]?.string == person.id)
        #expect(try letters(to: person.email).last?["notice"] == "address_changed")
        expectProblem(try await person.ask("POST", "/api/auth/confirm-address", confirm), 400, "CODE_INVALID")
    }

    @Test("T12: an address that somebody has is answered alike until its code is shown, and then it is 409")
    func taken() async throws {
        let (owner, person) = (try await server().customer(), try await server().customer())
        let wish: JSON = ["phone": .string(owner.phone), "password": .string(person.password)]
        let known = try await person.ask("POST", "/api/auth/change-address", wish)
        let free = try await person.ask(
            "POST", "/api/auth/change-address", ["email": "free@example.com", "password": .string(person.password)])
        #expect(try data(known, 202) == data(free, 202) && known.json?["message"] == free.json?["message"])
        expectProblem(
            try await person.ask(
                "POST", "/api/auth/confirm-address", ["phone": .string(owner.phone), "code": "12345"]), 400,
            "CODE_INVALID")
        let code = try sentCode(to: owner.phone, "change")
        expectProblem(
            try await person.ask(
                "POST", "/api/auth/confirm-address", ["phone": .string(owner.phone), "code": .string(code)]), 409,
            "PHONE_TAKEN")
    }

    @Test("what is missing, wrong or not his password is named; a profile brings no other number")
    func fields() async throws {
        let person = try await server().customer()
        for (body, fields) in [
            ([:], ["email", "password"]), (["email": "new@example.com", "password": "wrong"], ["password"]),
            (["email": "nobody", "password": .string(person.password)], ["email"]),
            (["phone": 5, "password": .string(person.password)], ["phone"]),
            (["email": .string(person.email), "password": .string(person.password)], ["email"]),
        ] as [(JSON, Set<String>)] {
            expectProblem(
                try await person.ask("POST", "/api/auth/change-address", body), 422, "VALIDATION_ERROR", fields: fields,
                body.text)
        }
        expectProblem(
            try await person.ask("POST", "/api/auth/confirm-address", [:]), 422, "VALIDATION_ERROR",
            fields: ["email", "code"])
        expectProblem(
            try await person.ask("PUT", "/api/auth/profile", ["phone": "+254733999888"]), 422, "VALIDATION_ERROR",
            fields: ["phone"])
        _ = try data(try await person.ask("PUT", "/api/auth/profile", ["phone": .string(person.phone)]))
    }
}
