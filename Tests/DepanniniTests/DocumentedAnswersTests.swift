import BSON
import FixOnCallClient
import MongoTesting
import RoadsideTesting
import Testing

/// Real answers, held against the schemas that the document promises for them.
@Suite("Depannini: what is answered is what the document says")
struct DepanniniDocumentTests {
    /// One that asks, and checks each answer before it passes it on.
    private struct Reader {
        let player: Player
        let document: JSON

        init(_ player: Player) async throws {
            self.player = player
            document = try #require(try await player.http.get("/api/swagger.json").json)
        }

        /// - Parameter path: as documented; `{id}` becomes `id`.
        @discardableResult
        func ask(
            _ method: String, _ path: String, id: Int64 = 0, query: String = "", _ body: JSON? = nil,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws -> JSON {
            let answer = try await player.ask(method, path.replacing("{id}", with: "\(id)") + query, body)
            let about: Comment = "\(method) \(path): \(answer.status) \(answer.text)"
            let operation = try #require(document["paths"]?[path]?[method.lowercased()], about)
            let reply = try #require(
                operation["responses"]?["\(answer.status)"], about, sourceLocation: sourceLocation)
            let schema = try #require(reply["content"]?["application/json"]?["schema"], about)
            let json = try #require(answer.json, about, sourceLocation: sourceLocation)
            // A refusal may add facts of its own.
            let faults = SchemaCheck(document, exact: answer.status < 400).faults(json, schema)
            #expect(faults.isEmpty, "\(method) \(path): \(faults)", sourceLocation: sourceLocation)
            return json
        }
    }

    @Test("B1–B32: people, lists, an assistance from the call to its rating, and refusals")
    func everything() async throws {
        try await TestServer.with { server in
            let client = try await Reader(try await server.client())
            let assistant = try await Reader(try await server.assistant())
            for reader in [client, assistant] {
                let password = JSON.string(reader.player.password)
                try await reader.ask(
                    "POST", "/api/auth/login/phone/",
                    ["phone_number": .string(reader.player.phone), "password": password])
                try await reader.ask("POST", "/api/auth/login/email/", ["email": "nobody@example.com"])
                try await reader.ask("POST", "/api/auth/token/refresh/", ["refresh": .string(reader.player.refresh)])
                try await reader.ask("GET", "/api/profile/user/")
                try await reader.ask("GET", "/api/profile/assistant/")
                try await reader.ask("GET", "/api/assistants/")
                try await reader.ask("POST", "/api/profile/update-location/", ["latitude": -1.29, "longitude": 36.82])
                try await reader.ask("GET", "/api/assistants/")
                try await reader.ask("POST", "/api/auth/resend-verification/")
                try await reader.ask("POST", "/api/profile/assistant-status/", ["is_active": true])
            }
            let newcomer: JSON = [
                "phone_number": .string(TestServer.freshPhone()), "name": "Nadia", "user_type": "client",
                "password": "A good one 7", "password_confirm": "A good one 7",
            ]
            try await client.ask("POST", "/api/auth/register/", newcomer)
            try await client.ask("POST", "/api/auth/register/", newcomer)
            try await client.ask("POST", "/api/auth/register/", newcomer.adding("user_type", "assistant"))
            let pickup: JSON = ["lat": -1.2921, "lng": 36.8219]
            let made = try await client.ask(
                "POST", "/api/assistance/request/",
                ["pickup": pickup, "dropoff": ["lat": -1.3032, "lng": 36.7073]])
            let id = try #require(made["assistance"]?["id"]?.int)
            try await client.ask("POST", "/api/assistance/request/", ["pickup": 7])
            try await assistant.ask("PATCH", "/api/assistance/accept/{id}/", id: id)
            try await client.ask("PATCH", "/api/assistance/accept/{id}/", id: id)
            try await assistant.ask("PATCH", "/api/assistance/update/{id}/", id: id, ["status": "ongoing"])
            for status in ["completed", "canceled", "gone"] {
                try await assistant.ask("PATCH", "/api/assistance/update/{id}/", id: id, ["status": .string(status)])
            }
            try await client.ask("POST", "/api/assistance/rate/{id}/", id: id, ["rating": 5])
            for reader in [client, assistant] {
                try await reader.ask("GET", "/api/assistance/view/")
                try await reader.ask("GET", "/api/assistance/view/{id}/", id: id)
                try await reader.ask("GET", "/api/assistance/view/{id}/", id: 999_999)
            }
        }
    }
}
