import BSON
import Blueprint
import HTTPTypes
import Hummingbird
import Testing

private typealias AppContext = TestContext

@Suite("The article's example")
struct ExampleTests {
    @Test("it does what it says")
    func example() async throws {
        var jobs = Blueprint<AppContext>("jobs", prefix: "/jobs")
        jobs.get("/<int:id>", name: "show", Operation("One job", roles: ["customer"])) { _, context in
            guard context.routing.parameters.int("id") == 7 else { throw HTTPError(.notFound) }
            return Response(status: .ok, headers: [.location: try context.routing.url(for: ".show")])
        }
        jobs.onError(.notFound) { _, _, _ in Response(status: .notFound, headers: [.retryAfter: "60"]) }

        var app = Blueprint<AppContext>("app")
        app.before { request, _ in request.headers[.authorization] == nil ? Response(status: .unauthorized) : nil }
        app.register(jobs, prefix: "/api/jobs")
        let router = try BlueprintRouter(app: app)

        #expect(try router.url(for: "jobs.show", ["id": 7]) == "/api/jobs/7")
        let client = try TestClient(app: app)
        let known = try await client.get("/api/jobs/7", headers: [.authorization: "me"])
        #expect(known.status == 200 && known.headers[.location] == "/api/jobs/7")
        let unknown = try await client.get("/api/jobs/8", headers: [.authorization: "me"])
        #expect(unknown.status == 404 && unknown.headers[.retryAfter] == "60")
        #expect(try await client.get("/api/jobs/7").status == 401)
        let operation = router.openAPI(info: .init(title: "Jobs", version: "1"))["paths"]?["/api/jobs/{id}"]?["get"]
        #expect(operation?["x-roles"] == ["customer"])
    }
}
