import Blueprint
import HTTPTypes
import Hummingbird
import NIOHTTP1
import Testing

@Suite("Error handlers")
struct ErrorHandlerTests {
    private struct First: Error {}
    private struct Second: Error {}
    private struct Secret: Error, CustomStringConvertible { var description: String { "password=hunter2" } }
    private class Base: Error, @unchecked Sendable {}  // SAFETY: has no state.
    private final class Derived: Base, @unchecked Sendable {}  // SAFETY: has no state.

    @Test("test_blueprint_specific_error_handling: each blueprint answers its own 403, the app answers the rest")
    func blueprintSpecificErrorHandling() async throws {
        var frontend = TestBlueprint("frontend")
        frontend.onError(.forbidden, handler: say("frontend says no", .forbidden))
        frontend.get("/frontend-no", handler: refuse(.forbidden))
        var backend = TestBlueprint("backend")
        backend.onError(.forbidden, handler: say("backend says no", .forbidden))
        backend.get("/backend-no", handler: refuse(.forbidden))
        var sideend = TestBlueprint("sideend")
        sideend.get("/what-is-a-sideend", handler: refuse(.forbidden))
        var app = TestBlueprint("app")
        app.register(frontend)
        app.register(backend)
        app.register(sideend)
        app.onError(.forbidden, handler: say("application itself says no", .forbidden))
        let client = try TestClient(app: app)
        #expect(try await client.get("/frontend-no").text == "frontend says no")
        #expect(try await client.get("/backend-no").text == "backend says no")
        #expect(try await client.get("/what-is-a-sideend").text == "application itself says no")
    }

    @Test("test_blueprint_specific_user_error_handling: errors of the program's own types have handlers too")
    func blueprintSpecificUserErrorHandling() async throws {
        var blue = TestBlueprint("blue")
        blue.onError(First.self) { _, _, _ in Response("boom") }
        blue.onError(Second.self) { _, _, _ in Response("bam") }
        blue.get("/first", handler: { _, _ in throw First() })
        blue.get("/second", handler: { _, _ in throw Second() })
        let client = try TestClient(blue)
        #expect(try await client.get("/first").text == "boom")
        #expect(try await client.get("/second").text == "bam")
    }

    @Test("test_blueprint_app_error_handling: the app's handlers serve its own routes and every blueprint's")
    func blueprintAppErrorHandling() async throws {
        var bp = TestBlueprint("bp")
        bp.get("/nope", handler: refuse(.forbidden))
        var app = TestBlueprint("app")
        app.get("/forbidden", handler: refuse(.forbidden))
        app.onError(.forbidden, handler: say("you shall not pass", .forbidden))
        app.register(bp)
        let client = try TestClient(app: app)
        #expect(try await client.get("/forbidden").text == "you shall not pass")
        #expect(try await client.get("/nope").text == "you shall not pass")
    }

    @Test("for errors with a status, a handler by status anywhere beats one by type")
    func statusBeforeType() async throws {
        var bp = TestBlueprint("bp")
        bp.get("/a", handler: refuse(.forbidden))
        bp.get("/b", handler: refuse(.conflict))
        bp.onError(HTTPError.self) { error, _, _ in Response("by type", error.status) }
        var app = TestBlueprint("app")
        app.onError(.forbidden, handler: say("by status", .forbidden))
        app.register(bp)
        let client = try TestClient(app: app)
        #expect(try await client.get("/a").text == "by status")
        #expect(try await client.get("/b").text == "by type")
    }

    @Test("for other errors, a handler by type anywhere beats the one for 500")
    func typeBeforeInternalError() async throws {
        var bp = TestBlueprint("bp")
        bp.onError(.internalServerError, handler: say("500", .internalServerError))
        bp.get("/first", handler: { _, _ in throw First() })
        bp.get("/second", handler: { _, _ in throw Second() })
        var app = TestBlueprint("app")
        app.onError(First.self) { _, _, _ in Response("by type") }
        app.register(bp)
        let client = try TestClient(app: app)
        #expect(try await client.get("/first").text == "by type")
        #expect(try await client.get("/second").text == "500")
    }

    @Test("the innermost handler of a type wins; within one blueprint the exact type comes before a wider one")
    func innermostAndExact() async throws {
        var inner = TestBlueprint("inner", prefix: "/inner")
        inner.onError(Base.self) { _, _, _ in Response("inner base") }
        inner.onError(Derived.self) { _, _, _ in Response("inner derived") }
        inner.get("/base", handler: { _, _ in throw Base() })
        inner.get("/derived", handler: { _, _ in throw Derived() })
        var app = TestBlueprint("app")
        app.onError(Derived.self) { _, _, _ in Response("app derived") }
        app.onError((any Error).self) { _, _, _ in Response("app any") }
        app.get("/derived", handler: { _, _ in throw Derived() })
        app.get("/other", handler: { _, _ in throw First() })
        app.register(inner)
        let client = try TestClient(app: app)
        #expect(try await client.get("/inner/base").text == "inner base")
        #expect(try await client.get("/inner/derived").text == "inner derived")
        #expect(try await client.get("/derived").text == "app derived")
        #expect(try await client.get("/other").text == "app any")
    }

    @Test("an inner blueprint that knows only a wider type still comes before the app's exact handler")
    func nearerBeforeMoreExact() async throws {
        var inner = TestBlueprint("inner")
        inner.onError(Base.self) { _, _, _ in Response("inner base") }
        inner.get("/a", handler: { _, _ in throw Derived() })
        var app = TestBlueprint("app")
        app.onError(Derived.self) { _, _, _ in Response("app derived") }
        app.register(inner)
        #expect(try await TestClient(app: app).get("/a").text == "inner base")
    }

    @Test("an unknown error is a bare 500 and leaks nothing")
    func unknownErrorLeaksNothing() async throws {
        var app = TestBlueprint("app")
        app.get("/a", handler: { _, _ in throw Secret() })
        let reply = try await TestClient(app: app).get("/a")
        #expect(reply.status == 500 && reply.text.isEmpty)
    }

    @Test("an error handler that throws ends in the 500 handler, and if that throws in a bare 500")
    func throwingHandlers() async throws {
        var app = TestBlueprint("app")
        app.onError(First.self) { _, _, _ in throw Secret() }
        app.get("/a", handler: { _, _ in throw First() })
        #expect(try await TestClient(app: app).get("/a").status == 500)
        app.onError(.internalServerError, handler: say("sorry", .internalServerError))
        #expect(try await TestClient(app: app).get("/a").text == "sorry")
        app.onError(.internalServerError) { _, _, _ in throw Secret() }
        let reply = try await TestClient(app: app).get("/a")
        #expect(reply.status == 500 && reply.text.isEmpty)
    }

    @Test("an HTTPError without a handler answers its own status")
    func defaultAnswer() async throws {
        var app = TestBlueprint("app")
        app.get("/a", handler: refuse(.gone))
        #expect(try await TestClient(app: app).get("/a").status == 410)
    }

    @Test("a body that breaks HTTP is the server's to answer")
    func parserErrorPasses() async throws {
        var app = TestBlueprint("app")
        app.onError((any Error).self) { _, _, _ in Response("never") }
        app.get("/a", handler: { _, _ in throw HTTPParserError.invalidChunkSize })
        let client = try TestClient(app: app)
        await #expect(throws: HTTPParserError.invalidChunkSize) { try await client.get("/a") }
    }

    @Test("unmatched URLs belong to the longest mounted prefix, on segment boundaries")
    func unmatchedUnderPrefix() async throws {
        var inner = TestBlueprint("inner", prefix: "/<lang>/inner/")
        inner.onError(.notFound, handler: say("inner", .notFound))
        var silent = TestBlueprint("silent", prefix: "/silent")
        silent.get("/x", handler: answer(""))
        var api = TestBlueprint("api", prefix: "/api")
        api.onError(.notFound, handler: say("api", .notFound))
        api.onError(.badRequest, handler: say("api bad", .badRequest))
        api.onError(.methodNotAllowed, handler: say("api method", .methodNotAllowed))
        api.get("/x", handler: answer(""))
        api.register(inner)
        api.register(silent)
        var app = TestBlueprint("app")
        app.onError(.notFound, handler: say("app", .notFound))
        app.register(api)
        let client = try TestClient(app: app)
        for (path, owner) in [
            ("/api", "api"), ("/api/", "api"), ("/api/none", "api"), ("/apis", "app"), ("/apis/none", "app"),
            ("/ap", "app"), ("/", "app"), ("//api/none", "app"), ("/api/de/inner", "inner"),
            ("/api/de/inner/none/at/all", "inner"), ("/api/de/outer", "api"), ("/api/silent/none", "api"),
            ("/%61pi/none", "api"),
        ] {
            let reply = try await client.get(path)
            #expect(reply.status == 404 && reply.text == owner, "\(path)")
        }
        #expect(try await client.get("/api/%zz").text == "api bad")
        let wrong = try await client.send(.delete, "/api/x")
        #expect(wrong.text == "api method" && wrong.headers[.allow] == "GET, HEAD, OPTIONS")
    }

    @Test("a blueprint without a prefix of its own owns nothing but its routes; one mounted at / owns the rest")
    func ownershipWithoutPrefix() async throws {
        var bare = TestBlueprint("bare")
        bare.onError(.notFound, handler: say("bare", .notFound))
        #expect(try await TestClient(bare).get("/none").text == "")
        var rooted = TestBlueprint("rooted", prefix: "/")
        rooted.onError(.notFound, handler: say("rooted", .notFound))
        #expect(try await TestClient(rooted).get("/none").text == "rooted")
    }
}
