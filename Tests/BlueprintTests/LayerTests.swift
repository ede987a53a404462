import BSON
import Blueprint
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@Suite("Layers")
struct LayerTests {
    private struct Broken: Error {}

    private func traced(_ name: String, _ trail: Trail, for methods: Set<HTTPRequest.Method> = [.post])
        -> Layer<TestContext>
    {
        Layer(for: methods) { request, context, next in
            trail.add("into \(name)")
            let response = try await next(request, context)
            trail.add("out of \(name)")
            return response
        }
    }

    @Test("layers run inside hooks, the outermost blueprint's first, each around the next")
    func order() async throws {
        let trail = Trail()
        var inner = TestBlueprint("inner", prefix: "/inner")
        inner.around(traced("inner", trail))
        inner.before { _, _ in
            trail.add("before")
            return nil
        }
        inner.after { _, _, _ in trail.add("after") }
        inner.post("/") { _, _ in
            trail.add("handler")
            return Response("done")
        }
        var outer = TestBlueprint("outer")
        outer.around(traced("outer 1", trail))
        outer.around(traced("outer 2", trail))
        outer.register(inner)
        #expect(try await TestClient(outer).send(.post, "/inner/").text == "done")
        #expect(
            trail.all == [
                "before", "into outer 1", "into outer 2", "into inner", "handler", "out of inner", "out of outer 2",
                "out of outer 1", "after",
            ])
    }

    @Test("a layer is around the methods and routes it is for, and around no other")
    func conditions() async throws {
        let trail = Trail()
        var bp = TestBlueprint("bp")
        bp.around(
            Layer(for: [.post, .patch], where: { $0.roles != nil }) { request, context, next in
                trail.add("\(request.method) \(context.routing.endpoint)")
                return try await next(request, context)
            })
        bp.post("/closed", name: "closed", Operation(roles: []), handler: answer("closed"))
        bp.post("/open", name: "open", handler: answer("open"))
        bp.route([.get, .post], "/both", name: "both", Operation(roles: []), handler: answer("both"))
        let client = try TestClient(bp)
        for (method, path) in [
            (HTTPRequest.Method.post, "/closed"), (.post, "/open"), (.get, "/both"), (.post, "/both"),
        ] {
            #expect(try await client.send(method, path).status == 200)
        }
        #expect(trail.all == ["POST bp.closed", "POST bp.both"])
    }

    @Test("a layer sees the error its handler throws, before any error handler does, and may answer it")
    func errors() async throws {
        var bp = TestBlueprint("bp")
        bp.around(
            Layer(for: [.post]) { request, context, next in
                do {
                    return try await next(request, context)
                } catch is Broken {
                    return Response("mended", .accepted)
                }
            })
        bp.onError(Broken.self) { _, _, _ in Response("handled", .conflict) }
        bp.post("/post") { _, _ in throw Broken() }
        bp.get("/get") { _, _ in throw Broken() }
        let client = try TestClient(bp)
        #expect(try await client.send(.post, "/post").text == "mended")
        #expect(try await client.get("/get").text == "handled")
    }

    @Test("a layer may hand on another request, and may answer without the handler")
    func replaces() async throws {
        var bp = TestBlueprint("bp")
        bp.around(
            Layer(for: [.post]) { request, context, next in
                guard request.headers[.contentType] != nil else { return Response("no body", .badRequest) }
                var request = request
                request.body = RequestBody(buffer: ByteBuffer(string: "other"))
                return try await next(request, context)
            })
        bp.post("/echo") { request, _ in Response(String(buffer: try await request.body.collect(upTo: 100))) }
        let client = try TestClient(bp)
        #expect(try await client.send(.post, "/echo", headers: [.contentType: "text/plain"]).text == "other")
        #expect(try await client.send(.post, "/echo").text == "no body")
    }

    @Test("what a layer adds stands in the documents of its routes alone")
    func documents() throws {
        var bp = TestBlueprint("bp")
        let layer = Layer<TestContext>(
            for: [.post], document: { $0.parameters.append(.init("Key", in: .header)) },
            around: { request, context, next in try await next(request, context) })
        bp.around(layer)
        bp.post("/post", handler: answer("post"))
        bp.get("/get", handler: answer("get"))
        let router = try BlueprintRouter(bp)
        let document = router.openAPI(info: OpenAPIHeading(title: "Layers", version: "1"))
        #expect(document["paths"]?["/post"]?["post"]?["parameters"]?[0]?["name"] == "Key")
        #expect(document["paths"]?["/get"]?["get"]?["parameters"] == nil)
        // The document of a route and what the route says of itself are one.
        let counts = router.routes.map(\.operation.parameters.count)
        #expect(counts == [1, 0])
    }
}
