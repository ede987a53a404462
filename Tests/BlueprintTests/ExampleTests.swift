import Blueprint
import HTTPTypes
import Hummingbird
import Testing

@Suite("The article's example")
struct ExampleTests {
    private func authenticate(_ request: Request, _ context: inout TestContext) async throws -> Response? {
        guard let name = request.headers[.authorization] else { throw HTTPError(.unauthorized) }
        context.seen.append(name)
        return nil
    }

    private func show(_ id: String) async throws -> Response {
        guard id == "7" else { throw HTTPError(.notFound) }
        return Response("job \(id)")
    }

    @Test("it does what it says")
    func example() async throws {
        var jobs = TestBlueprint("jobs", prefix: "/jobs")
        jobs.get("/<id>", name: "show", .init("One job", roles: ["customer"])) { _, context in
            try await show(context.routing.parameters.require("id"))
        }
        jobs.onError(.notFound) { _, _, _ in Response("No such job", .notFound) }

        var app = TestBlueprint("app")
        app.before { request, context in try await authenticate(request, &context) }
        app.register(jobs, prefix: "/api/jobs")
        let client = try TestClient(app: app)
        let router: TestBlueprint.Router = client.router

        #expect(try router.url(for: "jobs.show", ["id": 7]) == "/api/jobs/7")
        #expect(try await client.get("/api/jobs/7", headers: [.authorization: "me"]).text == "job 7")
        #expect(try await client.get("/api/jobs/8", headers: [.authorization: "me"]).text == "No such job")
        #expect(try await client.get("/api/jobs/7").status == 401)
    }
}
