import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

/// Generated from the OpenAPI document, so that a new route is covered on the day it is mounted.
@Suite("D30 D33: who may call what, for every route of the document", .server, .serialized)
struct AccessMatrixTests {
    private struct Route {
        let method: String
        let path: String
        /// nil for everybody, empty for whoever is signed in.
        let roles: [String]?
    }

    private func routes() async throws -> [Route] {
        let document = try await server().http().get("/api/swagger.json").json
        let paths = try #require(document?["paths"]?.object).filter { $0.name.hasPrefix("/api/") }
        // The first account is one of the callers: an admin must not switch it off on the way.
        return paths.flatMap { path in
            (path.value.object ?? []).map { operation in
                let id = path.name.hasPrefix("/api/admin/users/") ? "999999" : "1"
                // A stream has no end, but one question about it has an answer.
                let isStream = operation.value["responses"]?["200"]?["content"]?["text/event-stream"] != nil
                return Route(
                    method: operation.name.uppercased(),
                    path: path.name.replacing("{id}", with: id)
                        .replacing("{share_id}", with: "65a50b2c9f1d4e0012345702")
                        .replacing("{charge_id}", with: "65a50b2c9f1d4e0012345695") + (isStream ? "?wait=0" : ""),
                    roles: operation.value["security"] == nil
                        ? nil : (operation.value["x-roles"]?.array ?? []).compactMap(\.string))
            }
        }
    }

    @Test("no route but the public ones answers without a token, or with one that is not ours")
    func withoutToken() async throws {
        let http = try server().http()
        let closed = try await routes().filter { $0.roles != nil }
        #expect(closed.count >= 20)
        for route in closed {
            let about = "\(route.method) \(route.path)"
            expectRefusal(
                try await http.request(route.method, route.path), 401, "INVALID_TOKEN", at: route.path, about)
            let forged = [("Authorization", "Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJyb2xlIjoiYWRtaW4ifQ.")]
            expectRefusal(
                try await http.request(route.method, route.path, headers: forged), 401, "INVALID_TOKEN",
                at: route.path, about)
        }
    }

    @Test("a role that a route does not name is 403, before anything is read; one that it names is not")
    func roles() async throws {
        let server = try server()
        let people = [
            ("customer", try await server.customer()), ("provider", try await server.provider(at: Spot.fresh())),
            ("admin", try await server.admin()),
        ]
        for route in try await routes() {
            guard let roles = route.roles, !route.path.contains("logout") else { continue }
            for (role, person) in people {
                let answer = try await person.ask(route.method, route.path, ["status": ["$ne": nil]])
                let about = "\(role) \(route.method) \(route.path)"
                if roles.isEmpty || roles.contains(role) {
                    #expect(answer.status != 401 && answer.status != 403, "\(about): \(answer.status) \(answer.text)")
                    #expect(answer.status < 500, "\(about): \(answer.status) \(answer.text)")
                } else {
                    expectRefusal(answer, 403, "FORBIDDEN", at: route.path, about)
                }
            }
        }
    }
}
