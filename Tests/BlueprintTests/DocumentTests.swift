import BSON
import Blueprint
import HTTPTypes
import Hummingbird
import Testing

@Suite("Route table and OpenAPI")
struct DocumentTests {
    private func router() throws -> BlueprintRouter<TestContext> {
        var jobs = TestBlueprint("jobs", prefix: "/jobs")
        jobs.get(
            "/<id>", name: "show",
            .init(
                "One job", description: "Yours only.", parameters: [.query("full", .boolean, "All fields")],
                responses: [
                    404: .init("unknown"), 200: .init("the job", .object(["id": .string]), example: ["id": "7"]),
                ],
                roles: ["customer", "provider"]),
            handler: answer(""))
        jobs.route([.put, .patch], "/<id>", name: "edit", .init(roles: []), handler: answer(""))
        jobs.post(
            "/", name: "open",
            .init(
                tags: ["requests"],
                body: .json(
                    .object(["where": .string, "note": .string(format: "x")], optional: ["note"]),
                    example: ["where": "here"]), deprecated: true),
            handler: answer(""))
        jobs.get("/<int:number>/<uuid:key>", name: "deep", handler: answer(""))
        jobs.socket("/live", name: "live", .init(roles: ["provider"]), handler: { _, _ in 0 })
        var app = TestBlueprint("app")
        app.get("/", name: "index", handler: answer(""))
        app.register(jobs)
        return try BlueprintRouter(app: app)
    }

    @Test("the route table is aligned columns, one route a line, in the order of recording")
    func table() throws {
        let expected = """
            METHODS    PATH                             ENDPOINT   ROLES
            GET        /                                index      -
            GET        /jobs/<id>                       jobs.show  customer,provider
            PATCH,PUT  /jobs/<id>                       jobs.edit  signed in
            POST       /jobs/                           jobs.open  -
            GET        /jobs/<int:number>/<uuid:key>    jobs.deep  -
            SOCKET     /jobs/live                       jobs.live  provider

            """
        #expect(try squeezed(router().routes.text) == squeezed(expected))
        let lines = try router().routes.text.split(separator: "\n")
        let columns = lines.compactMap { line in line.firstRange(of: " /")?.lowerBound.utf16Offset(in: line) }
        #expect(Set(columns).count == 1 && columns.count == lines.count - 1)
    }

    @Test("the document has every route and no other")
    func everyRoute() throws {
        let router = try router()
        let document = router.openAPI(info: .init(title: "T", version: "1"))
        var documented: [String] = []
        for path in document["paths"]?.object ?? [] {
            for operation in path.value.object ?? [] {
                documented.append(
                    "\(operation.name.uppercased()) \(path.name) \(operation.value["operationId"]?.string ?? "")")
            }
        }
        #expect(
            documented.sorted() == [
                "GET / index", "GET /jobs/live jobs.live", "GET /jobs/{id} jobs.show",
                "GET /jobs/{number}/{key} jobs.deep", "PATCH /jobs/{id} jobs.edit.patch", "POST /jobs/ jobs.open",
                "PUT /jobs/{id} jobs.edit.put",
            ])
        #expect(documented.count == router.routes.flatMap(\.methods).count)
    }

    @Test("an operation says what its route says")
    func operation() throws {
        let document = try router().openAPI(
            info: .init(title: "Fix", version: "2", description: "d"), servers: ["http://localhost:5000"],
            schemas: [("Job", .object(["id": .string]))])
        #expect(document["openapi"] == "3.1.0")
        #expect(document["info"] == ["title": "Fix", "version": "2", "description": "d"])
        #expect(document["servers"] == [["url": "http://localhost:5000"]])
        #expect(document["components"]?["schemas"]?["Job"]?["type"] == "object")
        #expect(document["components"]?["securitySchemes"]?["bearerAuth"]?["scheme"] == "bearer")
        let show: JSON? = [
            "operationId": "jobs.show", "summary": "One job", "description": "Yours only.", "tags": ["jobs"],
            "parameters": [
                ["name": "id", "in": "path", "required": true, "schema": ["type": "string"]],
                ["name": "full", "in": "query", "description": "All fields", "schema": ["type": "boolean"]],
            ],
            "responses": [
                "200": [
                    "description": "the job",
                    "content": [
                        "application/json": [
                            "schema": [
                                "type": "object", "properties": ["id": ["type": "string"]], "required": ["id"],
                            ],
                            "example": ["id": "7"],
                        ]
                    ],
                ],
                "404": ["description": "unknown"],
            ],
            "security": [["bearerAuth": []]], "x-roles": ["customer", "provider"],
        ]
        #expect(document["paths"]?["/jobs/{id}"]?["get"] == show)
        let edit = document["paths"]?["/jobs/{id}"]?["put"]
        #expect(edit?["security"] == [["bearerAuth": []]] && edit?["x-roles"] == nil)
        let open = document["paths"]?["/jobs/"]?["post"]
        #expect(open?["tags"] == ["requests"] && open?["deprecated"] == true && open?["security"] == nil)
        #expect(open?["requestBody"]?["required"] == true)
        #expect(open?["requestBody"]?["content"]?["application/json"]?["schema"]?["required"] == ["where"])
    }

    @Test("an answer that comes in several media types says so, the main one first")
    func alternatives() throws {
        var reply = Operation.Reply("the job", .object(["id": .string]), example: ["id": "7"])
        reply.alternatives = [.init(mediaType: "text/event-stream", .string, example: "id: 7")]
        var bp = TestBlueprint("bp")
        bp.get("/job", name: "job", .init(responses: [200: reply]), handler: answer("job"))
        let document = try BlueprintRouter(bp).openAPI(info: .init(title: "T", version: "1"))
        let content = document["paths"]?["/job"]?["get"]?["responses"]?["200"]?["content"]
        #expect(content?.object?.map(\.name) == ["application/json", "text/event-stream"])
        #expect(content?["application/json"]?["example"] == ["id": "7"])
        #expect(content?["text/event-stream"] == ["schema": ["type": "string"], "example": "id: 7"])
    }

    @Test("what is hidden serves and is in the table, but not in the document")
    func hidden() async throws {
        var bp = TestBlueprint("bp")
        bp.get("/page", name: "page", .init("For people", hidden: true), handler: answer("page"))
        bp.get("/data", name: "data", handler: answer("data"))
        let client = try TestClient(bp)
        #expect(try await client.get("/page").text == "page")
        #expect(client.router.routes.map(\.endpoint) == ["bp.page", "bp.data"])
        let paths = client.router.openAPI(info: .init(title: "T", version: "1"))["paths"]
        #expect(paths?.object?.map(\.name) == ["/data"])
    }

    @Test("tags come in the order given, those in use only")
    func tags() throws {
        let document = try router().openAPI(
            info: .init(title: "T", version: "1"),
            tags: [("requests", "what is asked"), ("none", "never"), ("jobs", "what is done")])
        #expect(
            document["tags"] == [
                ["name": "requests", "description": "what is asked"], ["name": "jobs", "description": "what is done"],
            ])
    }

    @Test("converters become schemas, sockets are marked")
    func convertersAndSockets() throws {
        let paths = try router().openAPI(info: .init(title: "T", version: "1"))["paths"]
        let parameters = paths?["/jobs/{number}/{key}"]?["get"]?["parameters"]
        #expect(parameters?[0]?["schema"]?["type"] == "integer")
        #expect(parameters?[1]?["schema"] == ["type": "string", "format": "uuid"])
        let live = paths?["/jobs/live"]?["get"]
        #expect(live?["x-websocket"] == true && live?["responses"]?["101"]?["description"] != nil)
    }

    @Test("routes that differ only in their converters are all in the document")
    func convertersThatMeet() throws {
        var bp = TestBlueprint("bp")
        bp.get("/a/<id>", handler: answer(""))
        bp.get("/a/<int:id>", name: "int", handler: answer(""))
        bp.get("/a/<uuid:id>", name: "uuid", handler: answer(""))
        let paths = try BlueprintRouter(bp).openAPI(info: .init(title: "T", version: "1"))["paths"]
        #expect(paths?.object?.map(\.name) == ["/a/{id}", "/a/{id}:int", "/a/{id}:uuid"])
    }

    @Test("the document is valid JSON and the same every time")
    func stable() throws {
        let first = try router().openAPI(info: .init(title: "T", version: "1")).text
        #expect(try first == router().openAPI(info: .init(title: "T", version: "1")).text)
        #expect(throws: Never.self) { try JSON.parse(Array(first.utf8)) }
    }

    @Test("a request knows the operation of its route, so that roles are written once")
    func operationInContext() async throws {
        var bp = TestBlueprint("bp")
        bp.before { _, context in
            context.routing.operation?.roles == ["admin"] ? Response("admins only", .forbidden) : nil
        }
        bp.get("/open", handler: answer("open"))
        bp.get("/closed", .init(roles: ["admin"]), handler: answer("closed"))
        let client = try TestClient(bp)
        #expect(try await client.get("/open").status == 200)
        #expect(try await client.get("/closed").status == 403)
    }

    private func squeezed(_ text: String) -> [[Substring]] {
        text.split(separator: "\n").map { $0.split(separator: " ") }
    }
}
