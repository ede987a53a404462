import Blueprint
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Testing

@Suite("URL building")
struct URLBuildingTests {
    @Test("test_dotted_names_from_app: a route can name any other, in the app and in blueprints")
    func dottedNamesFromApp() async throws {
        var test = TestBlueprint("test")
        test.get(
            "/test/", name: "index", handler: { _, context in Response(try context.routing.url(for: "app_index")) })
        var app = TestBlueprint("app")
        app.get("/", name: "app_index", handler: { _, context in Response(try context.routing.url(for: "test.index")) })
        app.register(test)
        let client = try TestClient(app: app)
        #expect(try await client.get("/").text == "/test/")
        #expect(try await client.get("/test/").text == "/")
    }

    @Test("test_blueprint_url_processors: a relative name keeps the parameters of the current request")
    func blueprintURLProcessors() async throws {
        var bp = TestBlueprint("frontend", prefix: "/<lang>")
        bp.get("/", name: "index", handler: { _, context in Response(try context.routing.url(for: ".about")) })
        bp.get("/about", name: "about", handler: { _, context in Response(try context.routing.url(for: ".index")) })
        bp.get(
            "/swap", name: "swap",
            handler: { _, context in
                Response(try context.routing.url(for: ".about", ["lang": "fr"]))
            })
        bp.get(
            "/full", name: "full",
            handler: { _, context in
                do throws(URLBuildingError) {
                    return Response(try context.routing.url(for: "frontend.about"))
                } catch {
                    return Response(
                        error == .missingParameter("lang", endpoint: "frontend.about") ? "refused" : "\(error)")
                }
            })
        let client = try TestClient(bp)
        #expect(try await client.get("/de/full").text == "refused")
        #expect(try await client.get("/de/").text == "/de/about")
        #expect(try await client.get("/de/about").text == "/de/")
        #expect(try await client.get("/de/swap").text == "/fr/about")
    }

    @Test("test_app_url_processors: at the level of the app a relative name keeps the parameters, too")
    func appURLProcessors() async throws {
        var app = TestBlueprint("app")
        app.get("/<lang>/", name: "index", handler: { _, context in Response(try context.routing.url(for: ".about")) })
        app.get(
            "/<lang>/about", name: "about", handler: { _, context in Response(try context.routing.url(for: ".index")) })
        let client = try TestClient(app: app)
        #expect(try await client.get("/de/").text == "/de/about")
        #expect(try await client.get("/de/about").text == "/de/")
    }

    @Test("a match names the route and its values, and calls nothing")
    func match() throws {
        var bp = TestBlueprint("bp", prefix: "/jobs")
        bp.get("/<int:id>", name: "show", handler: { _, _ in throw HTTPError(.internalServerError) })
        let router = try BlueprintRouter(bp)
        let match = try #require(router.match(.get, "/jobs/7?id=8"))
        #expect(match.endpoint == "bp.show" && match.parameters.int("id") == 7)
        #expect(router.match(.head, "/jobs/7")?.endpoint == "bp.show")
        for (method, path) in [
            (HTTPRequest.Method.get, "/jobs/x"), (.post, "/jobs/7"), (.options, "/jobs/7"), (.get, "/jobs/%zz"),
            (.get, ""),
        ] {
            #expect(router.match(method, path) == nil, "\(method) \(path)")
        }
    }

    @Test("relative names start at the blueprint of the endpoint they come from")
    func relativeNames() throws {
        var child = TestBlueprint("child", prefix: "/child")
        child.get("/a", name: "a", handler: answer(""))
        child.get("/b", name: "b", handler: answer(""))
        var parent = TestBlueprint("parent", prefix: "/parent")
        parent.get("/a", name: "a", handler: answer(""))
        parent.register(child)
        var app = TestBlueprint("app")
        app.get("/a", name: "a", handler: answer(""))
        app.register(parent)
        let router = try BlueprintRouter(app: app)
        #expect(try router.url(for: ".b", from: "parent.child.a") == "/parent/child/b")
        #expect(try router.url(for: ".child.b", from: "parent.a") == "/parent/child/b")
        #expect(try router.url(for: ".a", from: "parent.child.b") == "/parent/child/a")
        #expect(try router.url(for: ".a", from: "a") == "/a")
        #expect(throws: URLBuildingError.unknownEndpoint("parent.b")) { try router.url(for: ".b", from: "parent.a") }
    }

    @Test("values are percent-encoded, what the path does not use becomes the query")
    func encoding() throws {
        var bp = TestBlueprint("bp")
        bp.get("/files/<name>/é@v1", name: "file", handler: answer(""))
        let router = try BlueprintRouter(bp)
        #expect(
            try router.url(for: "bp.file", ["name": "a/b c%?ü+", "q": "x&y z", "n": 3])
                == "/files/a%2Fb%20c%25%3F%C3%BC%2B/%C3%A9@v1?n=3&q=x%26y%20z")
    }

    @Test("a missing or unfitting parameter is an error with its name")
    func badParameters() throws {
        var bp = TestBlueprint("bp")
        bp.get("/i/<int:id>", name: "i", handler: answer(""))
        bp.get("/u/<uuid:id>", name: "u", handler: answer(""))
        bp.get("/s/<id>", name: "s", handler: answer(""))
        let router = try BlueprintRouter(bp)
        #expect(throws: URLBuildingError.missingParameter("id", endpoint: "bp.s")) { try router.url(for: "bp.s") }
        for (name, value) in [
            ("i", "-1"), ("i", "x"), ("i", "9223372036854775808"), ("u", "7"), ("s", ""), ("s", "."), ("s", ".."),
            ("s", "a\0"),
        ] {
            let failure = #expect(throws: URLBuildingError.self) { try router.url(for: "bp.\(name)", ["id": value]) }
            #expect(failure?.description.contains("'id'") == true)
        }
    }

    @Test("there and back: the URL of every route leads to that route with the values that went in")
    func thereAndBack() async throws {
        var inner = TestBlueprint("inner", prefix: "/in/<where>")
        var outer = TestBlueprint("outer", prefix: "/out")
        let report: TestBlueprint.Handler = { _, context in
            let values = ["where", "id", "key"].compactMap { context.routing.parameters[$0] }
            return Response(([context.routing.endpoint] + values).joined(separator: "|"))
        }
        inner.get("/plain", handler: report)
        inner.get("/slash/", handler: report)
        inner.post("/int/<int:id>", handler: report)
        inner.put("/uuid/<uuid:id>/x", handler: report)
        inner.patch("/string/<id>/<key>/", handler: report)
        outer.delete("/", handler: report)
        outer.get("", handler: report)
        outer.get("//double", name: "double", handler: report)
        outer.register(inner)
        let client = try TestClient(outer)
        let uuid = "6F9619FF-8B86-4011-B42D-00CF4FC964FF"
        for route in client.router.routes {
            let id = route.template.contains("<int:") ? "42" : route.template.contains("<uuid:") ? uuid : "a/b"
            let values = ["where": "Nairobi West", "id": id, "key": "100%"].filter {
                route.template.contains("\($0.key)>")
            }
            let url = try client.router.url(for: route.endpoint, values)
            let method = try #require(HTTPRequest.Method(route.methods[0]))
            let reply = try await client.send(method, url)
            let expected = ["where", "id", "key"].compactMap { values[$0] }
            #expect(reply.text == ([route.endpoint] + expected).joined(separator: "|"), "\(url)")
        }
    }
}
