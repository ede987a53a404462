import Blueprint
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Testing

@Suite("Matching")
struct MatchingTests {
    /// A blueprint whose routes answer their template and parameters.
    private func client(_ templates: String...) throws -> TestClient {
        var app = TestBlueprint("app")
        for (index, template) in templates.enumerated() {
            app.get(
                template, name: "r\(index)",
                handler: { _, context in
                    let values = ["id", "x", "y"].compactMap { context.routing.parameters[$0] }
                    return Response(([context.routing.template] + values).joined(separator: " "))
                })
        }
        return try TestClient(app: app)
    }

    @Test("slashes are strict and nothing redirects")
    func strictSlashes() async throws {
        let client = try client("/a", "/b/", "/", "/c//d")
        for path in ["/a", "/b/", "/", "/c//d"] {
            #expect(try await client.get(path).status == 200, "\(path)")
        }
        for path in ["/a/", "/b", "//", "//a", "/b//", "/a//", "/c/d", "/c///d", "a", "", "*"] where path != "" {
            #expect(try await client.get(path).status == 404, "\(path)")
        }
    }

    @Test("K2: with and without the slash are two routes")
    func slashAndNoSlash() async throws {
        let client = try client("/api/auth/register/", "/api/auth/register")
        #expect(try await client.get("/api/auth/register/").text == "/api/auth/register/")
        #expect(try await client.get("/api/auth/register").text == "/api/auth/register")
    }

    @Test("K13: a path and a longer one with a parameter are two routes")
    func exactLength() async throws {
        let client = try client("/ws/request/", "/ws/request/<id>/")
        #expect(try await client.get("/ws/request/").text == "/ws/request/")
        #expect(try await client.get("/ws/request/7/").text == "/ws/request/<id>/ 7")
        #expect(try await client.get("/ws/request//").status == 404)
    }

    @Test("a literal beats int and uuid, they beat a string, and a dead end is backed out of")
    func precedence() async throws {
        let uuid = "6f9619ff-8b86-4011-b42d-00cf4fc964ff"
        let client = try client(
            "/<id>", "/<uuid:id>", "/<int:id>", "/me", "/me/x", "/<id>/y", "/<int:x>/<int:y>", "/<x>/<y>")
        for (path, expected) in [
            ("/me", "/me"), ("/7", "/<int:id> 7"), ("/\(uuid)", "/<uuid:id> \(uuid)"), ("/you", "/<id> you"),
            ("/me/x", "/me/x"), ("/me/y", "/<id>/y me"), ("/me/z", "/<x>/<y> me z"), ("/1/2", "/<int:x>/<int:y> 1 2"),
            ("/1/y", "/<id>/y 1"), ("/1/z", "/<x>/<y> 1 z"),
        ] {
            #expect(try await client.get(path).text == expected, "\(path)")
        }
    }

    @Test("the order of registration does not matter to precedence")
    func orderDoesNotMatter() async throws {
        let client = try client("/me", "/<int:id>", "/<id>")
        #expect(try await client.get("/me").text == "/me")
        #expect(try await client.get("/7").text == "/<int:id> 7")
    }

    @Test("a method that the more literal path lacks may be answered by the less literal one")
    func methodBacktracking() async throws {
        var app = TestBlueprint("app")
        app.get("/jobs/nearby", handler: answer("nearby"))
        app.delete("/jobs/<id>", handler: { _, context in Response(context.routing.parameters["id"] ?? "") })
        let client = try TestClient(app: app)
        #expect(try await client.send(.delete, "/jobs/nearby").text == "nearby")
        #expect(try await client.send(.put, "/jobs/nearby").headers[.allow] == "DELETE, GET, HEAD, OPTIONS")
        #expect(try await client.send(.options, "/jobs/nearby").headers[.allow] == "DELETE, GET, HEAD, OPTIONS")
        #expect(try await client.get("/jobs/7").status == 405)
    }

    @Test(
        "int takes ASCII digits that fit 64 bits",
        arguments: [
            ("0", true), ("007", true), ("9223372036854775807", true), ("9223372036854775808", false), ("-1", false),
            ("+1", false), ("1.0", false), ("1a", false), ("٣", false), ("%31", true),
        ])
    func intConverter(text: String, matches: Bool) async throws {
        var app = TestBlueprint("app")
        app.get("/<int:id>", handler: { _, context in Response("\(context.routing.parameters.int("id") ?? -1)") })
        let reply = try await TestClient(app: app).get("/\(text)")
        #expect((reply.status == 200) == matches)
        if text == "007" { #expect(reply.text == "7") }
        if text == "%31" { #expect(reply.text == "1") }
    }

    @Test(
        "uuid takes the hyphenated form in either case",
        arguments: [
            ("6F9619FF-8B86-4011-B42D-00CF4FC964FF", true), ("6f9619ff-8b86-4011-b42d-00cf4fc964ff", true),
            ("6f9619ff8b864011b42d00cf4fc964ff", false), ("6f9619ff-8b86-4011-b42d-00cf4fc964fg", false),
            ("6f9619ff-8b86-4011-b42d-00cf4fc964ff0", false), ("{6f9619ff-8b86-4011-b42d-00cf4fc964}", false),
        ])
    func uuidConverter(text: String, matches: Bool) async throws {
        var app = TestBlueprint("app")
        app.get(
            "/<uuid:id>",
            handler: { _, context in
                Response(context.routing.parameters.uuid("id") == UUID(uuidString: text) ? "same" : "other")
            })
        let reply = try await TestClient(app: app).get("/\(text)")
        #expect(reply.status == (matches ? 200 : 404))
        if matches { #expect(reply.text == "same") }
    }

    @Test("parameters are percent-decoded, an escaped slash does not split, and + stays +")
    func percentDecoding() async throws {
        let client = try client("/f/<id>", "/naïve/x")
        #expect(try await client.get("/f/a%20b").text == "/f/<id> a b")
        #expect(try await client.get("/f/a%2Fb").text == "/f/<id> a/b")
        #expect(try await client.get("/f/a+b").text == "/f/<id> a+b")
        #expect(try await client.get("/f/%C3%BC").text == "/f/<id> ü")
        #expect(try await client.get("/f/%3Cid%3E").text == "/f/<id> <id>")
        #expect(try await client.get("/%66/x").text == "/f/<id> x")
        #expect(try await client.get("/na%C3%AFve/x?y=%zz").text == "/naïve/x")
        #expect(try await client.get("/f/x?id=y").text == "/f/<id> x")
    }

    @Test(
        "hostile paths are answered 400 or 404 and reach no route",
        arguments: [
            ("/%00", 400), ("/f/a%00b", 400), ("/f/%", 400), ("/f/%2", 400), ("/f/%zz", 400), ("/f/%c3%28", 400),
            ("/f/%ff", 400), ("/f/%ed%a0%80", 400), ("/f/%C3", 400), ("/f/%C3/%BC", 400), ("/none/%zz", 400),
            ("/..", 404), ("/../f", 404), ("/./f/x", 404), ("/%2e%2e", 404), ("//", 404), ("///", 404),
            ("/f%2Fx", 404), ("/f//x", 404), ("/f/", 404),
        ])
    func hostilePaths(path: String, status: Int) async throws {
        #expect(try await client("/f/<id>").get(path).status == status)
    }

    @Test("long paths are only long: one segment of 8 KiB is a value, 40,000 slashes are a 404")
    func longPaths() async throws {
        let client = try client("/f/<id>", "/<x>/<y>/<id>")
        let long = String(repeating: "a", count: 8192)
        #expect(try await client.get("/f/\(long)").text == "/f/<id> \(long)")
        #expect(try await client.get(String(repeating: "/", count: 40_000)).status == 404)
        #expect(try await client.get(String(repeating: "/a", count: 40_000)).status == 404)
        #expect(try await client.get("/f/" + String(repeating: "%41", count: 8192)).text.utf8.count == 8 + 8192)
    }

    @Test("a parameter the path does not have is a fault of the program: 500")
    func requireUnknownParameter() async throws {
        var app = TestBlueprint("app")
        app.get(
            "/<id>",
            handler: { _, context in
                #expect(try context.routing.parameters.require("id") == "x")
                return Response(try context.routing.parameters.require("job"))
            })
        #expect(try await TestClient(app: app).get("/x").status == 500)
    }

    @Test("the template is left where Hummingbird's own middleware looks for it")
    func endpointPath() async throws {
        var app = TestBlueprint("app")
        app.get("/<id>", handler: { _, context in Response(context.endpointPath ?? "") })
        #expect(try await TestClient(app: app).get("/x").text == "/<id>")
    }
}
