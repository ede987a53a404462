import BSON
import FixOnCallClient
import FixOnCallServer
import RoadsideTesting
import Testing

@Suite("B6 in this dialect: signing in with Google", .enabled(if: FakeGoogle.isAvailable))
struct GoogleTests {
    @Test("T17: a newcomer is registered, found again, and joined to nothing that is not his")
    func signIn() async throws {
        let google = try await FakeGoogle()
        let address = google.keysAddress
        try await TestServer.with({
            $0.google.clients = [FakeGoogle.client]
            $0.google.keys = address
        }) { server in
            let http = server.http()
            let claims = FakeGoogle.claims("1001", "wanjiku@gmail.com")
            let body: JSON = ["id_token": .string(try google.token(claims))]
            let first = try data(try await http.post("/api/auth/google", body))
            #expect(first["user"]?["email"] == "wanjiku@gmail.com" && first["user"]?["user_type"] == "driver")
            #expect(first["user"]?["is_verified"] == true && first["user"]?["phone"] == "")
            let token = try #require(first["access_token"]?.string)
            #expect(try await http.get("/api/auth/profile", token: token).status == 200)
            #expect(try data(try await http.post("/api/auth/google", body))["user"]?["id"] == first["user"]?["id"])

            let person = try await server.customer()
            let stranger = try google.token(FakeGoogle.claims("1002", person.email))
            expectProblem(
                try await http.post("/api/auth/google", ["id_token": .string(stranger)]), 409, "EMAIL_TAKEN")
            let joined = try await http.post(
                "/api/auth/google", ["id_token": .string(stranger), "password": .string(person.password)])
            #expect(try data(joined)["user"]?["id"]?.string == person.id)

            for wrong in [
                try google.token(claims.adding("aud", "another.apps.example.com")),
                try google.token(claims.adding("email_verified", false)), person.token, "x.y.z",
                try google.token(FakeGoogle.claims("1003", person.email)),
            ] {
                expectProblem(
                    try await http.post(
                        "/api/auth/google", ["id_token": .string(wrong), "password": .string(person.password)]), 401,
                    "INVALID_CREDENTIALS")
            }
            expectProblem(
                try await http.post("/api/auth/google", [:]), 422, "VALIDATION_ERROR", fields: ["id_token"])
        }
        try await google.stop()
    }
}
