import Blueprint
import HTTPTypes
import Hummingbird
import Testing

@Suite("Hooks")
struct HookTests {
    private struct Broken: Error {}

    /// A blueprint whose six hooks write their names into the trail.
    private func traced(_ name: String, _ trail: Trail) -> TestBlueprint {
        var bp = TestBlueprint(name)
        for number in 1...2 {
            bp.before { _, _ in
                trail.add("before \(name)\(number)")
                return nil
            }
            bp.after { _, _, _ in trail.add("after \(name)\(number)") }
            bp.teardown { _, _, _ in trail.add("teardown \(name)\(number)") }
        }
        return bp
    }

    @Test("test_request_processing: before, handler, after, teardown")
    func requestProcessing() async throws {
        let trail = Trail()
        var bp = TestBlueprint("bp")
        bp.before { _, _ in
            trail.add("before")
            return nil
        }
        bp.after { _, response, _ in
            response = Response("changed")
            trail.add("after")
        }
        bp.teardown { _, _, error in trail.add("teardown \(error == nil)") }
        bp.get(
            "/bp",
            handler: { _, _ in
                trail.add("handler")
                return Response("request")
            })
        #expect(try await TestClient(bp).get("/bp").text == "changed")
        #expect(trail.all == ["before", "handler", "after", "teardown true"])
    }

    @Test("test_app_request_processing: what the app records runs around the routes of everybody, each time")
    func appRequestProcessing() async throws {
        let trail = Trail()
        var bp = TestBlueprint("bp", prefix: "/bp")
        bp.get("/", handler: answer("request"))
        var app = TestBlueprint("app")
        app.before { _, _ in
            trail.add("before")
            return nil
        }
        app.after { _, response, _ in
            response.headers[.eTag] = "after"
            trail.add("after")
        }
        app.teardown { _, _, _ in trail.add("teardown") }
        app.get("/", handler: answer("request"))
        app.register(bp)
        let client = try TestClient(app: app)
        for path in ["/", "/", "/bp/"] {
            let reply = try await client.get(path)
            #expect(reply.text == "request" && reply.headers[.eTag] == "after", "\(path)")
        }
        #expect(
            trail.all == ["before", "after", "teardown", "before", "after", "teardown", "before", "after", "teardown"])
    }

    @Test("test_context_processing: a hook of the app gives to every route, one of a blueprint to its own")
    func contextProcessing() async throws {
        let say: TestBlueprint.Handler = { _, context in Response(context.seen.joined(separator: " ")) }
        var bp = TestBlueprint("bp")
        bp.before { _, context in
            context.seen.append("42")
            return nil
        }
        bp.get("/bp", handler: say)
        var app = TestBlueprint("app")
        app.before { _, context in
            context.seen.append("43")
            return nil
        }
        app.get("/", handler: say)
        app.register(bp)
        let client = try TestClient(app: app)
        #expect(try await client.get("/").text == "43")
        #expect(try await client.get("/bp").text == "43 42")
    }

    @Test("the app's hooks run for every request, known route or not; a blueprint's for its routes only")
    func hooksOfUnknownRoutes() async throws {
        let trail = Trail()
        var app = traced("app", trail)
        var bp = traced("bp", trail)
        bp.get("/known", handler: answer(""))
        app.register(bp, prefix: "/bp")
        let client = try TestClient(app: app)
        let appOnly = [
            "before app1", "before app2", "after app2", "after app1", "teardown app2", "teardown app1",
        ]
        #expect(try await client.get("/bp/unknown").status == 404)
        #expect(trail.all == appOnly)
        #expect(try await client.send(.post, "/bp/known").status == 405)
        #expect(trail.all == appOnly + appOnly)
    }

    @Test("test_nested_callback_order: in from app to innermost, out from innermost to app, each list reversed")
    func nestedCallbackOrder() async throws {
        let trail = Trail()
        var child = traced("child", trail)
        child.get("/a", handler: answer(""))
        var parent = traced("parent", trail)
        parent.register(child)
        var app = traced("app", trail)
        app.register(parent)
        _ = try await TestClient(app: app).get("/a")
        #expect(
            trail.all == [
                "before app1", "before app2", "before parent1", "before parent2", "before child1", "before child2",
                "after child2", "after child1", "after parent2", "after parent1", "after app2", "after app1",
                "teardown child2", "teardown child1", "teardown parent2", "teardown parent1", "teardown app2",
                "teardown app1",
            ])
    }

    @Test("the first response of a before hook wins, and after hooks still see it")
    func firstResponseWins() async throws {
        let trail = Trail()
        var child = traced("child", trail)
        child.get(
            "/a",
            handler: { _, _ in
                trail.add("handler")
                return Response("handler")
            })
        var app = TestBlueprint("app")
        app.before { _, _ in Response("stopped", .unauthorized) }
        app.before { _, _ in
            trail.add("second")
            return nil
        }
        app.register(child)
        let reply = try await TestClient(app: app).get("/a")
        #expect(reply.status == 401 && reply.text == "stopped")
        #expect(trail.all == ["after child2", "after child1", "teardown child2", "teardown child1"])
    }

    @Test("what a before hook puts into the context reaches the handler and the after hooks")
    func contextIsPassedOn() async throws {
        var app = TestBlueprint("app")
        app.before { _, context in
            context.seen.append(context.routing.endpoint)
            return nil
        }
        app.get("/a", name: "view", handler: { _, context in Response(context.seen.joined()) })
        app.after { _, response, context in response.headers[.eTag] = context.seen.joined() }
        let reply = try await TestClient(app: app).get("/a")
        #expect(reply.text == "view" && reply.headers[.eTag] == "view")
    }

    @Test("after hooks run on handled errors too, whether a hook or the handler threw")
    func afterRunsOnErrors() async throws {
        for broken in ["before", "handler"] {
            var app = TestBlueprint("app")
            app.before { _, _ in
                if broken == "before" { throw HTTPError(.conflict) }
                return nil
            }
            app.after { _, response, _ in response.headers[.eTag] = "after" }
            app.get("/a", handler: refuse(.conflict))
            app.onError(.conflict, handler: say("handled", .conflict))
            let reply = try await TestClient(app: app).get("/a")
            #expect(reply.status == 409 && reply.text == "handled" && reply.headers[.eTag] == "after")
        }
    }

    @Test("an after hook that throws goes to the error handlers, and the hooks after it run once each")
    func throwingAfterHook() async throws {
        let trail = Trail()
        var app = TestBlueprint("app")
        app.after { _, _, _ in trail.add("outer") }
        app.after { _, _, _ in throw Broken() }
        app.after { _, _, _ in trail.add("inner") }
        app.onError(Broken.self) { _, _, _ in Response("mended", .badGateway) }
        app.get("/a", handler: answer("fine"))
        let reply = try await TestClient(app: app).get("/a")
        #expect(reply.status == 502 && reply.text == "mended")
        #expect(trail.all == ["inner", "outer"])
    }

    @Test("teardown gets the error that nobody handled by its type, and runs after errors of every kind")
    func teardownGetsTheError() async throws {
        let trail = Trail()
        var app = TestBlueprint("app")
        app.teardown { _, _, error in trail.add(error.map { "\($0)" } ?? "none") }
        app.get("/unhandled", handler: { _, _ in throw Broken() })
        app.get("/known", handler: refuse(.notFound))
        let client = try TestClient(app: app)
        #expect(try await client.get("/unhandled").status == 500)
        #expect(try await client.get("/known").status == 404)
        app.onError(Broken.self) { _, _, _ in Response("") }
        #expect(try await TestClient(app: app).get("/unhandled").status == 200)
        #expect(trail.all == ["Broken()", "none", "none"])
    }

    @Test("cancellation passes through handlers and after hooks, and teardown still runs")
    func cancellationPasses() async throws {
        let trail = Trail()
        var app = TestBlueprint("app")
        app.onError(CancellationError.self) { _, _, _ in Response("never") }
        app.onError(.internalServerError, handler: say("never", .internalServerError))
        app.after { _, _, _ in trail.add("after") }
        app.teardown { _, _, error in trail.add("teardown \(error is CancellationError)") }
        app.get("/a", handler: { _, _ in throw CancellationError() })
        let client = try TestClient(app: app)
        await #expect(throws: CancellationError.self) { try await client.get("/a") }
        #expect(trail.all == ["teardown true"])
    }
}
