import Blueprint
import HTTPTypes
import Testing

@Suite("Names")
struct NamesTests {
    @Test("test_dotted_name_not_allowed: a blueprint's name has no dots, and the error says what to write")
    func dottedNameNotAllowed() {
        let failure = #expect(throws: BlueprintError.dottedName("app.ui")) {
            try BlueprintRouter(TestBlueprint("app.ui"))
        }
        #expect(failure?.description.contains("'app_ui'") == true)
    }

    @Test("test_dotted_name_from_register_option_not_allowed: nor has the name given at registration")
    func dottedNameFromRegisterOptionNotAllowed() {
        var app = TestBlueprint("app")
        app.register(TestBlueprint("bp"), name: "app.ui")
        #expect(throws: BlueprintError.dottedName("app.ui")) { try BlueprintRouter(app: app) }
    }

    @Test("test_empty_name_not_allowed: the error says what a name is")
    func emptyNameNotAllowed() {
        let failure = #expect(throws: BlueprintError.self) { try BlueprintRouter(TestBlueprint("")) }
        #expect(failure?.description.contains("give it a non-empty one") == true)
    }

    @Test("test_route_decorator_custom_endpoint: endpoints are the blueprint's name, a dot, and the route's name")
    func routeDecoratorCustomEndpoint() async throws {
        var bp = TestBlueprint("bp")
        bp.get("/foo", name: "foo", handler: answerEndpoint)
        bp.get("/bar", name: "bar", handler: answerEndpoint)
        bp.get("/bar/123", name: "123", handler: answerEndpoint)
        bp.get("/bar/foo", name: "bar_foo", handler: answerEndpoint)
        var app = TestBlueprint("app")
        app.get("/", name: "index", handler: answerEndpoint)
        app.register(bp, prefix: "/py")
        let client = try TestClient(app: app)
        #expect(try await client.get("/").text == "index")
        #expect(try await client.get("/py/foo").text == "bp.foo")
        #expect(try await client.get("/py/bar").text == "bp.bar")
        #expect(try await client.get("/py/bar/123").text == "bp.123")
        #expect(try await client.get("/py/bar/foo").text == "bp.bar_foo")
    }

    @Test("test_route_decorator_custom_endpoint_with_dots: a route's name has no dots and is not empty")
    func routeDecoratorCustomEndpointWithDots() {
        for (name, expected) in [
            ("a.b", BlueprintError.dottedName("a.b")), ("", .emptyName(of: "the route /x")),
        ] {
            var bp = TestBlueprint("bp")
            bp.get("/x", name: name, handler: answer(""))
            #expect(throws: expected) { try BlueprintRouter(bp) }
        }
    }

    @Test("a route without a name is called after its method and path")
    func derivedNames() throws {
        var bp = TestBlueprint("bp")
        bp.get("/jobs/<int:id>/", handler: answer(""))
        bp.route([.get, .put], "/me", handler: answer(""))
        bp.get("/swagger.json", handler: answer(""))
        bp.get("/", handler: answer(""))
        bp.socket("/ws/<id>", handler: { _, _ in 0 })
        let names = try BlueprintRouter(bp).routes.map(\.endpoint)
        #expect(names == ["bp.get_jobs_id", "bp.get_put_me", "bp.get_swagger_json", "bp.get", "bp.socket_ws_id"])
    }

    @Test("test_unique_blueprint_names: one name is one blueprint; the same blueprint twice needs another name")
    func uniqueBlueprintNames() throws {
        var bp = TestBlueprint("bp")
        bp.get("/", name: "index", handler: answer(""))
        let other = TestBlueprint("bp")

        var same = TestBlueprint("app")
        same.register(bp, prefix: "/1")
        same.register(bp, prefix: "/2")
        let failure = #expect(throws: BlueprintError.duplicateBlueprint("bp")) { try BlueprintRouter(app: same) }
        #expect(failure?.description.contains("pass name:") == true)

        var different = TestBlueprint("app")
        different.register(bp, prefix: "/1")
        different.register(other, prefix: "/2")
        #expect(throws: BlueprintError.duplicateBlueprint("bp")) { try BlueprintRouter(app: different) }

        var renamed = TestBlueprint("app")
        renamed.register(bp, prefix: "/1")
        renamed.register(bp, prefix: "/2", name: "again")
        renamed.register(other, prefix: "/3", name: "alt")
        #expect(try BlueprintRouter(app: renamed).routes.map(\.endpoint) == ["bp.index", "again.index"])
    }

    @Test("two children of different parents may share a name")
    func sameNameUnderDifferentParents() throws {
        var child = TestBlueprint("child")
        child.get("/", name: "index", handler: answer(""))
        var left = TestBlueprint("left", prefix: "/left")
        left.register(child)
        var right = TestBlueprint("right", prefix: "/right")
        right.register(child)
        let names = try BlueprintRouter(left, right).routes.map(\.endpoint)
        #expect(names == ["left.child.index", "right.child.index"])
    }

    @Test("test_self_registration: a blueprint is in itself neither directly nor through another")
    func selfRegistration() {
        var bp = TestBlueprint("bp")
        let copy = bp
        bp.register(copy, name: "inner")
        let failure = #expect(throws: BlueprintError.selfRegistration("bp")) { try BlueprintRouter(bp) }
        #expect(failure?.description.contains("register it once") == true)

        var outer = TestBlueprint("outer")
        var middle = TestBlueprint("middle")
        middle.register(outer)
        outer.register(middle)
        #expect(throws: BlueprintError.selfRegistration("outer")) { try BlueprintRouter(outer) }
    }

    @Test("two routes of one blueprint cannot share a name; one route may have several methods")
    func duplicateEndpoint() throws {
        var bp = TestBlueprint("bp")
        bp.get("/a", name: "view", handler: answer(""))
        bp.put("/a", name: "view", handler: answer(""))
        let failure = #expect(throws: BlueprintError.duplicateEndpoint("bp.view")) { try BlueprintRouter(bp) }
        #expect(failure?.description.contains("route([methods]") == true)

        var several = TestBlueprint("bp")
        several.route([.get, .put], "/a", name: "view", handler: answer(""))
        #expect(try BlueprintRouter(several).routes.map(\.methods) == [["GET", "PUT"]])
    }

    @Test("the same method and path twice is an error, whatever the parameters are called")
    func duplicateRoute() {
        var bp = TestBlueprint("bp")
        bp.get("/jobs/<id>", name: "one", handler: answer(""))
        bp.get("/jobs/<job>", name: "two", handler: answer(""))
        #expect(
            throws: BlueprintError.duplicateRoute(
                method: "GET", template: "/jobs/<job>", endpoint: "bp.two", existing: "bp.one")
        ) { try BlueprintRouter(bp) }
    }

    @Test("a route and a socket cannot share a path, because both are GET")
    func socketAndRouteOnOnePath() {
        var bp = TestBlueprint("bp")
        bp.get("/live", name: "one", handler: answer(""))
        bp.socket("/live", name: "two", handler: { _, _ in 0 })
        #expect(throws: BlueprintError.self) { try BlueprintRouter(bp) }
    }

    @Test("a route without methods is an error")
    func noMethods() {
        var bp = TestBlueprint("bp")
        bp.route([], "/a", name: "view", handler: answer(""))
        #expect(throws: BlueprintError.noMethods(endpoint: "bp.view")) { try BlueprintRouter(bp) }
    }

    @Test(
        "a path that no request can have is an error with the cure",
        arguments: [
            ("jobs", "write '/jobs'"), ("/a/<float:x>", "use int, uuid or string"), ("/a/x<id>", "whole segment"),
            ("/a/<id", "whole segment"), ("/a/<>", "whole segment"), ("/a/<int:>", "letters, digits"),
            ("/a/<1d>", "letters, digits"), ("/a/<i-d>", "letters, digits"), ("/<id>/b/<int:id>", "rename one"),
            ("/a%20b", "unescaped"), ("/a?b=c", "without a query"), ("", "begin with a slash"),
        ])
    func badPaths(path: String, cure: String) {
        var bp = TestBlueprint("bp")
        bp.get(path, name: "view", handler: answer(""))
        let failure = #expect(throws: BlueprintError.self) { try BlueprintRouter(bp) }
        #expect(failure?.description.contains(cure) == true, "\(failure.map(\.description) ?? "no error")")
    }
}
