import BSON
import FixOnCallClient
import Importing
import Mongo
import RoadsideTesting
import Testing

@Suite("People who came over sign in with their old passwords")
struct SignInTests {
    @Test("old bcrypt and Django hashes let them in, are replaced, and let them in again")
    func signIn() async throws {
        try await TestServer.with { server in
            let importer = Importer(server: server)
            for system in OldSystem.allCases { _ = try await importer.sample(system) }
            let people = [
                "akinyi.odhiambo@example.com", "peter.mwangi@example.com", "yacine@example.com", "musa@example.com",
                "driver1@example.com", "maria@example.com", "jose@example.com",
            ]
            for email in people {
                let stored = try await importer.find("users", ["email": .string(email)])?.get(
                    "password_hash", as: String.self)
                let isOld = stored?.hasPrefix("$2") == true || stored?.hasPrefix("pbkdf2_sha256$") == true
                #expect(isOld, "\(email)")
                for password in ["Jacaranda-2018", Importer.password, Importer.password] {
                    let answer = try await server.http().post(
                        "/api/auth/login", ["email": .string(email), "password": .string(password)])
                    #expect(answer.status == (password == Importer.password ? 200 : 401), "\(email)")
                }
                let renewed = try await importer.find("users", ["email": .string(email)])?.get(
                    "password_hash", as: String.self)
                #expect(renewed?.hasPrefix("hs256:") == true, "\(email)")
            }
        }
    }

    @Test("who is switched off there, or had a hash we do not know, is not let in")
    func refused() async throws {
        try await TestServer.with { server in
            let importer = Importer(server: server)
            let (report, rows) = try await importer.sample(.fixOnCall)
            _ = try await importer.sample(.toota)
            for (email, status) in [
                ("brian.kiptoo@example.com", 403), ("grace.wambui@example.com", 401), ("ngozi@example.com", 401),
            ] {
                let answer = try await server.http().post(
                    "/api/auth/login", ["email": .string(email), "password": .string(Importer.password)])
                #expect(answer.status == status, "\(email)")
            }
            #expect(report.table("users").incomplete == 1)
            #expect(rows.contains { $0.isImported && $0.line == 4 })
            let hash = try await importer.find("users", ["email": "grace.wambui@example.com"])?["password_hash"]
            #expect(hash == nil)
        }
    }

    @Test("a provider who came over is found, takes a job and finishes it; a customer sees his history")
    func work() async throws {
        try await TestServer.with { server in
            let importer = Importer(server: server)
            _ = try await importer.sample(.fixOnCall)
            let token = try await token(of: "akinyi.odhiambo@example.com", server)
            let headers = [("Authorization", "Bearer \(token)")]
            let history = try await server.http().request("GET", "/api/services/history", headers: headers, json: nil)
            #expect(history.json?["data"]?["services"]?.array?.count == 4)
            let near = try await server.http().request(
                "GET", "/api/mechanics/nearby?latitude=-1.2921&longitude=36.8219", headers: headers, json: nil)
            let names = near.json?["data"]?["mechanics"]?.array?.compactMap { $0["name"]?.string }
            #expect(names == ["Peter Mwangi"])
            let profile = try await server.http().request("GET", "/api/auth/profile", headers: headers, json: nil)
            #expect(profile.json?["data"]?["user"]?["number"]?.int ?? 0 > 0)
        }
    }

    private func token(of email: String, _ server: TestServer) async throws -> String {
        let answer = try await server.http().post(
            "/api/auth/login", ["email": .string(email), "password": .string(Importer.password)])
        return try #require(answer.json?["data"]?["access_token"]?.string)
    }
}
