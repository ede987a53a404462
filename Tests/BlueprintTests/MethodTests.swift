import Blueprint
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@Suite("Methods")
struct MethodTests {
    private func app() -> TestBlueprint {
        var app = TestBlueprint("app")
        app.get("/a", handler: answer("hello"))
        app.post("/a", handler: answer("posted", .created))
        app.delete("/b", handler: answer(""))
        return app
    }

    @Test("a wrong method is 405 with the sorted Allow")
    func methodNotAllowed() async throws {
        let reply = try await TestClient(app: app()).send(.put, "/a")
        #expect(reply.status == 405)
        #expect(reply.headers[.allow] == "GET, HEAD, OPTIONS, POST")
    }

    @Test("Allow is there whatever a handler made of the 405")
    func allowSurvivesHandlers() async throws {
        var app = app()
        app.onError(.methodNotAllowed, handler: say("no", .methodNotAllowed))
        let reply = try await TestClient(app: app).get("/b")
        #expect(reply.text == "no" && reply.headers[.allow] == "DELETE, OPTIONS")
    }

    @Test("HEAD follows from GET: same status and headers, the length kept, no body")
    func automaticHead() async throws {
        let reply = try await TestClient(app: app()).send(.head, "/a")
        #expect(reply.status == 200 && reply.text.isEmpty && reply.headers[.contentLength] == "5")
    }

    @Test("HEAD sees after hooks and error handlers, and their bodies are dropped as well")
    func headOfErrors() async throws {
        var app = app()
        app.after { _, response, _ in response.headers[.eTag] = "x" }
        app.onError(.notFound, handler: say("nothing", .notFound))
        let reply = try await TestClient(app: app).send(.head, "/none")
        #expect(reply.status == 404 && reply.text.isEmpty && reply.headers[.contentLength] == "7")
        #expect(reply.headers[.eTag] == "x")
    }

    @Test("HEAD never runs a streamed body")
    func headOfStreams() async throws {
        var app = TestBlueprint("app")
        app.get(
            "/stream",
            handler: { _, _ in
                Response(status: .ok, body: ResponseBody { _ in Issue.record("the body was written") })
            })
        #expect(try await TestClient(app: app).send(.head, "/stream").status == 200)
    }

    @Test("a HEAD route of its own comes before the automatic one, and still has no body")
    func ownHead() async throws {
        var app = app()
        app.route([.head], "/a", name: "head", handler: answer("own", .accepted))
        let reply = try await TestClient(app: app).send(.head, "/a")
        #expect(reply.status == 202 && reply.text.isEmpty)
    }

    @Test("HEAD on a path without GET is 405")
    func headWithoutGet() async throws {
        let reply = try await TestClient(app: app()).send(.head, "/b")
        #expect(reply.status == 405 && reply.headers[.allow] == "DELETE, OPTIONS")
    }

    @Test("OPTIONS is answered 204 with Allow, without the blueprint's hooks")
    func automaticOptions() async throws {
        var bp = app()
        bp.before { _, _ in Response("locked", .unauthorized) }
        var app = TestBlueprint("outer")
        app.after { _, response, _ in response.headers[.eTag] = "app" }
        app.register(bp)
        let reply = try await TestClient(app: app).send(.options, "/a")
        #expect(reply.status == 204 && reply.text.isEmpty)
        #expect(reply.headers[.allow] == "GET, HEAD, OPTIONS, POST" && reply.headers[.eTag] == "app")
        #expect(try await TestClient(app: app).send(.options, "/none").status == 404)
    }

    @Test("an OPTIONS route of its own comes before the automatic one")
    func ownOptions() async throws {
        var app = app()
        app.route([.options], "/a", name: "options", handler: answer("own"))
        #expect(try await TestClient(app: app).send(.options, "/a").text == "own")
    }

    @Test("methods are case-sensitive and unknown ones are 405")
    func unknownMethods() async throws {
        let client = try TestClient(app: app())
        for name in ["get", "BREW", "TRACE"] {
            let method = try #require(HTTPRequest.Method(name))
            #expect(try await client.send(method, "/a").status == 405)
        }
    }

    @Test("K39: two verbs on one path may name its parameter differently")
    func twoVerbsOnePath() async throws {
        var app = TestBlueprint("app")
        app.get("/jobs/<job>", handler: { _, context in Response("get \(context.routing.parameters["job"] ?? "")") })
        app.put("/jobs/<id>", handler: { _, context in Response("put \(context.routing.parameters["id"] ?? "")") })
        let client = try TestClient(app: app)
        #expect(try await client.get("/jobs/7").text == "get 7")
        #expect(try await client.send(.put, "/jobs/7").text == "put 7")
    }
}
