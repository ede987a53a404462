import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

/// Generated from the OpenAPI document: a route that names a thing by its id must say here whose it is.
@Suite("T1: every route with an id, asked by everybody", .server, .serialized)
struct AuthorizationMatrixTests {
    private struct Route {
        let method: String
        let path: String
        /// nil for everybody, empty for whoever is signed in.
        let roles: [String]?
        /// The documented body.
        let example: JSON?

        func isOpen(to role: String?) -> Bool {
            guard let roles else { return true }
            return role.map { roles.isEmpty || roles.contains($0) } ?? false
        }

        func path(_ ids: [String: String]) -> String {
            ids.reduce(path) { $0.replacing("{\($1.key)}", with: $1.value) }
        }
    }

    private func routes() async throws -> [Route] {
        let document = try await server().http().get("/api/swagger.json").json
        return try #require(document?["paths"]?.object).flatMap { path in
            (path.value.object ?? []).filter { $0.value["x-websocket"] != true }.map { operation in
                // A stream has no end, but one question about it has an answer.
                let isStream = operation.value["responses"]?["200"]?["content"]?["text/event-stream"] != nil
                return Route(
                    method: operation.name.uppercased(), path: path.name + (isStream ? "?wait=0" : ""),
                    roles: operation.value["security"] == nil
                        ? nil : (operation.value["x-roles"]?.array ?? []).compactMap(\.string),
                    example: operation.value["requestBody"]?["content"]?["application/json"]?["example"])
            }
        }
    }

    private func ask(
        _ route: Route, _ ids: [String: String], as person: Person?, mechanic: Person
    ) async throws -> HTTPAnswer {
        // Whoever is to come exists, so that what is refused is not he.
        let names = route.example?["mechanic_id"] != nil
        let body = names ? route.example?.adding("mechanic_id", .string(mechanic.id)) : route.example
        if let person { return try await person.ask(route.method, route.path(ids), body) }
        return try await server().http().request(route.method, route.path(ids), json: body)
    }

    /// Ids of nothing: well formed, and never given out.
    private static let unknown = [
        "id": "65a50b2c9f1d4e0012345600", "charge_id": "65a50b2c9f1d4e0012345601",
        "share_id": "65a50b2c9f1d4e0012345602", "token": "none",
    ]

    /// A body without what differs from one request to the next.
    private static func lasting(_ answer: HTTPAnswer) -> JSON {
        let passing: Set<String> = ["instance", "request_id", "timestamp"]
        return .object((answer.json?.object ?? []).filter { !passing.contains($0.name) })
    }

    @Test(
        "its parties and staff find it, to strangers it is as if it were not, other roles are refused, others unknown")
    func things() async throws {
        let cast = try await AuthorizationCast()
        let withIDs = try await routes().filter { $0.path.contains("{") }
        #expect(withIDs.count >= 50)
        for route in withIDs {
            let thing = try #require(
                AuthorizationCast.Thing(path: route.path), "\(route.path): say in the cast whose this is")
            let ids = try await cast.make(thing)
            // Those who see it come last: what they do may end it.
            let callers = AuthorizationCast.Caller.allCases.sorted { first, second in
                !thing.seers.contains(first) && thing.seers.contains(second)
            }
            for caller in callers {
                try await check(route, thing, ids, cast, caller)
            }
        }
    }

    private func check(
        _ route: Route, _ thing: AuthorizationCast.Thing, _ ids: [String: String], _ cast: AuthorizationCast,
        _ caller: AuthorizationCast.Caller
    ) async throws {
        let answer = try await ask(route, ids, as: cast.person(caller), mechanic: cast.provider)
        let about = "\(route.method) \(route.path) by \(caller): \(answer.status) \(answer.text)"
        guard route.roles != nil else { return }
        if caller == .nobody {
            expectRefusal(answer, 401, "INVALID_TOKEN", at: route.path, about)
        } else if caller == .disabled {
            expectRefusal(answer, 403, "ACCOUNT_DISABLED", at: route.path, about)
        } else if !route.isOpen(to: cast.role(caller)) {
            expectRefusal(answer, 403, "FORBIDDEN", at: route.path, about)
        } else if !thing.seers.contains(caller) {
            // A body may be found wrong before anything is looked up; then it is, whatever it is for.
            #expect(answer.status == 404 || ([400, 422].contains(answer.status) && route.example != nil), "\(about)")
            let nothing = try await ask(route, Self.unknown, as: cast.person(caller), mechanic: cast.provider)
            #expect(nothing.status == answer.status, "\(about) but \(nothing.status) for what is not there")
            #expect(Self.lasting(answer) == Self.lasting(nothing), "\(about) but \(nothing.text)")
        } else if thing != .staffs {
            // What the state and the rules of a job allow is another matter; what was deleted is gone for the next.
            let isGone = answer.status == 404 && route.method == "DELETE"
            #expect(isGone || ![401, 404].contains(answer.status), "\(about)")
            #expect(answer.status < 500, "\(about)")
        }
    }

    @Test("what only admins may do is what is written down here as such")
    func admins() async throws {
        let documented = Set(try await routes().filter { $0.roles == ["admin"] }.map { "\($0.method) \($0.path)" })
        let wider = AuthorizationCast.adminsOnly.subtracting(documented).sorted()
        #expect(wider == [], "these are open to others, or gone")
        let unnamed = documented.subtracting(AuthorizationCast.adminsOnly).sorted()
        #expect(unnamed == [], "these are written down nowhere")
    }

    @Test("who is switched off is nobody, on every route")
    func disabled() async throws {
        let cast = try await AuthorizationCast()
        let closed = try await routes().filter { $0.roles != nil }
        #expect(closed.count >= 100)
        for route in closed {
            let answer = try await ask(route, Self.unknown, as: cast.disabled, mechanic: cast.provider)
            expectRefusal(
                answer, 403, "ACCOUNT_DISABLED", at: route.path, "\(route.method) \(route.path)")
        }
    }
}
