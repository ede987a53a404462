import Blueprint
import HTTPTypes
import Hummingbird
import Testing

@Suite("Prefixes and nesting")
struct PrefixTests {
    @Test(
        "test_blueprint_prefix_slash: prefix and path meet in one slash",
        arguments: [
            ("", "/", "/"), ("/", "", "/"), ("/", "/", "/"), ("/foo", "", "/foo"), ("/foo/", "", "/foo/"),
            ("", "/bar", "/bar"), ("/foo/", "/bar", "/foo/bar"), ("/foo/", "bar", "/foo/bar"),
            ("/foo", "/bar", "/foo/bar"), ("/foo/", "//bar", "/foo/bar"), ("/foo//", "/bar", "/foo/bar"),
        ])
    func blueprintPrefixSlash(prefix: String, path: String, url: String) async throws {
        var bp = TestBlueprint("test", prefix: prefix)
        bp.get(path, name: "index", handler: answer("", .noContent))
        #expect(try await TestClient(bp).get(url).status == 204)
    }

    @Test(
        "test_nesting_url_prefixes: parent's and child's, and what is said at registration wins",
        arguments: [
            ("/parent", "/child", nil, nil), ("/parent", "", nil, "/child"), ("", "", "/parent", "/child"),
            ("/other", "/something", "/parent", "/child"),
        ] as [(String, String, String?, String?)])
    func nestingURLPrefixes(
        parentPrefix: String, childPrefix: String, parentOption: String?, childOption: String?
    ) async throws {
        var child = TestBlueprint("child", prefix: childPrefix)
        child.get("/", name: "index", handler: answer("index"))
        var parent = TestBlueprint("parent", prefix: parentPrefix)
        parent.register(child, prefix: childOption)
        var app = TestBlueprint("app")
        app.register(parent, prefix: parentOption)
        #expect(try await TestClient(app: app).get("/parent/child/").text == "index")
    }

    @Test("an empty prefix at registration takes the child's own away")
    func emptyPrefixAtRegistration() async throws {
        var child = TestBlueprint("child", prefix: "/child")
        child.get("/x", handler: answer("x"))
        var app = TestBlueprint("app")
        app.register(child, prefix: "")
        let client = try TestClient(app: app)
        #expect(try await client.get("/x").text == "x")
        #expect(try await client.get("/child/x").status == 404)
    }

    @Test("test_nested_blueprint: paths nest, and a 403 goes to the nearest handler around its route")
    func nestedBlueprint() async throws {
        var grandchild = TestBlueprint("grandchild")
        grandchild.onError(.forbidden, handler: say("Grandchild no", .forbidden))
        grandchild.get("/", handler: answer("Grandchild yes"))
        grandchild.get("/no", handler: refuse(.forbidden))
        var child = TestBlueprint("child")
        child.get("/", handler: answer("Child yes"))
        child.get("/no", handler: refuse(.forbidden))
        child.register(grandchild, prefix: "/grandchild")
        var parent = TestBlueprint("parent")
        parent.onError(.forbidden, handler: say("Parent no", .forbidden))
        parent.get("/", handler: answer("Parent yes"))
        parent.get("/no", handler: refuse(.forbidden))
        parent.register(child, prefix: "/child")
        var app = TestBlueprint("app")
        app.register(parent, prefix: "/parent")
        let client = try TestClient(app: app)
        #expect(try await client.get("/parent/").text == "Parent yes")
        #expect(try await client.get("/parent/child/").text == "Child yes")
        #expect(try await client.get("/parent/child/grandchild/").text == "Grandchild yes")
        #expect(try await client.get("/parent/no").text == "Parent no")
        #expect(try await client.get("/parent/child/no").text == "Parent no")
        #expect(try await client.get("/parent/child/grandchild/no").text == "Grandchild no")
    }

    @Test("test_blueprint_renaming: one blueprint mounted twice, under two names and prefixes, keeps its handlers")
    func blueprintRenaming() async throws {
        var inner = TestBlueprint("bp2")
        inner.get("/", name: "index2", handler: answerEndpoint)
        var bp = TestBlueprint("bp")
        bp.get("/", name: "index", handler: answerEndpoint)
        bp.get("/error", handler: refuse(.forbidden))
        bp.onError(.forbidden, handler: say("Error", .forbidden))
        bp.register(inner, prefix: "/a", name: "sub")
        var app = TestBlueprint("app")
        app.register(bp, prefix: "/a")
        app.register(bp, prefix: "/b", name: "alt")
        let client = try TestClient(app: app)
        #expect(try await client.get("/a/").text == "bp.index")
        #expect(try await client.get("/b/").text == "alt.index")
        #expect(try await client.get("/a/a/").text == "bp.sub.index2")
        #expect(try await client.get("/b/a/").text == "alt.sub.index2")
        #expect(try await client.get("/a/error").text == "Error")
        #expect(try await client.get("/b/error").text == "Error")
    }

    @Test("test_blueprint_url_defaults: what Flask gives as defaults at registration, a function takes as arguments")
    func blueprintURLDefaults() async throws {
        func shop(bar: Int) -> TestBlueprint {
            var bp = TestBlueprint("test")
            bp.get("/foo", handler: answer("\(bar)/42"))
            bp.get("/bar", handler: answer("\(bar)"))
            return bp
        }
        var app = TestBlueprint("app")
        app.register(shop(bar: 23), prefix: "/1")
        app.register(shop(bar: 19), prefix: "/2", name: "test2")
        let client = try TestClient(app: app)
        #expect(try await client.get("/1/foo").text == "23/42")
        #expect(try await client.get("/2/foo").text == "19/42")
        #expect(try await client.get("/1/bar").text == "23")
        #expect(try await client.get("/2/bar").text == "19")
    }

    @Test("test_empty_url_defaults: two paths may share a handler, which decides what an absent parameter means")
    func emptyURLDefaults() async throws {
        let page: TestBlueprint.Handler = { _, context in Response("\(context.routing.parameters.int("page") ?? 1)") }
        var bp = TestBlueprint("bp")
        bp.get("/", handler: page)
        bp.get("/page/<int:page>", handler: page)
        let client = try TestClient(bp)
        #expect(try await client.get("/").text == "1")
        #expect(try await client.get("/page/2").text == "2")
    }

    @Test("registration takes a blueprint as it is: what is recorded later belongs to the copy")
    func registrationTakesAValue() async throws {
        var child = TestBlueprint("child")
        child.get("/early", handler: answer("early"))
        var app = TestBlueprint("app")
        app.register(child)
        child.get("/late", handler: answer("late"))
        let client = try TestClient(app: app)
        #expect(try await client.get("/early").status == 200)
        #expect(try await client.get("/late").status == 404)
    }

    @Test("a prefix may hold parameters, which its routes get")
    func prefixWithParameters() async throws {
        var bp = TestBlueprint("frontend", prefix: "/<lang>/shops/<int:shop>")
        bp.get(
            "/about",
            handler: { _, context in
                Response("\(context.routing.parameters["lang"] ?? "") \(context.routing.parameters.int("shop") ?? 0)")
            })
        #expect(try await TestClient(bp).get("/de/shops/7/about").text == "de 7")
    }
}
