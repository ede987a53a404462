import BSON
import Blueprint
import RoadsideTesting
import Testing

@testable import FixOnCallServer

@Suite("D23: the table of routes and the OpenAPI document say the same")
struct OpenAPITests {
    /// How each dialect refuses, by the beginning of its operations' ids; any other is FixOnCall's.
    private static let refusals = [
        "live_bookings": "SocketRefusal", "depannini": "Complaint", "depannini_sockets": "Complaint",
        "toota": "TripRefusal", "toota_sockets": "TripRefusal",
        "careconnect": "RideRefusal",
    ]

    @Test("what is routed is documented, but for the pages that show the document; HEAD and OPTIONS are understood")
    func routesAreDocumented() async throws {
        let book = try await Book()
        let hidden = book.router.routes.filter(\.operation.hidden)
        #expect(
            hidden.map(\.endpoint) == [
                "sockets_page", "sockets_style", "admin_page.page", "admin_page.page_slash", "admin_page.file",
                "docs.page", "docs.page_slash", "docs.file", "swagger.page",
                "swagger.page_slash", "swagger.file", "swagger_docs.page", "swagger_docs.page_slash",
                "swagger_docs.file",
            ])
        let documented = Set(book.entries.map { "\($0.method) \($0.path)" })
        let routed = book.router.routes.filter { !$0.operation.hidden }.flatMap { route in
            route.methods.map { "\($0) \(Book.documented(route.template))" }
        }
        #expect(Set(routed) == documented)
        #expect(routed.count == documented.count)
        #expect(!book.entries.contains { ["HEAD", "OPTIONS"].contains($0.method) })
    }

    @Test("the document demands of a caller what the route demands, and knows sockets from plain routes")
    func rolesAgree() async throws {
        let book = try await Book()
        for route in book.router.routes where !route.operation.hidden {
            for method in route.methods {
                let path = Book.documented(route.template)
                let entry = try #require(book.entries.first { $0.method == method && $0.path == path })
                let roles = entry.json["x-roles"]?.array?.compactMap(\.string)
                #expect((entry.json["security"] == nil) == (route.operation.roles == nil), entry.name)
                #expect((roles ?? []) == (route.operation.roles ?? []), entry.name)
                #expect(entry.isSocket == route.isSocket, entry.name)
            }
        }
    }

    @Test("an answer leads on to operations that there are, with every parameter of their paths, found in its example")
    func links() async throws {
        let book = try await Book()
        var found = 0
        for entry in book.entries {
            for reply in entry.replies {
                let example = reply.value["content"]?["application/json"]?["example"]
                for link in reply.value["links"]?.object ?? [] {
                    found += 1
                    let about: Comment = "\(entry.method) \(entry.path) to \(link.name)"
                    let target = try #require(
                        book.entries.first { $0.json["operationId"] == link.value["operationId"] }, about)
                    let given = link.value["parameters"]?.object ?? []
                    let wanted = target.path.split(separator: "/").filter { $0.hasPrefix("{") }
                        .map { String($0.dropFirst().dropLast()) }
                    #expect(given.map(\.name).sorted() == wanted.sorted(), about)
                    for parameter in given {
                        let expression = parameter.value.string ?? ""
                        guard expression.hasPrefix("$response.body#/") else {
                            #expect(entry.path.contains("{\(expression.dropFirst("$request.path.".count))}"), about)
                            continue
                        }
                        let way = expression.dropFirst("$response.body#/".count).split(separator: "/")
                        let value = way.reduce(example) { $0?[String($1)] }
                        #expect(value != nil, about)
                    }
                }
            }
        }
        #expect(found >= 40)
    }

    @Test("every operation has an id of its own, a summary, and a tag that is described")
    func operations() async throws {
        let book = try await Book()
        let ids = book.entries.compactMap { $0.json["operationId"]?.string }
        #expect(ids.count == book.entries.count && Set(ids).count == ids.count)
        let tags = (book.document["tags"]?.array ?? []).compactMap { $0["name"]?.string }
        #expect(Set(tags).count == tags.count)
        for entry in book.entries {
            #expect(entry.json["summary"]?.string?.isEmpty == false, entry.name)
            let own = entry.json["tags"]?.array?.compactMap(\.string) ?? []
            #expect(own.count == 1, entry.name)
            for tag in own { #expect(tags.contains(tag), "\(tag) needs a line in the tags of its dialect") }
        }
        #expect(tags.first == "Authentication")
    }

    @Test(
        "every operation shows a success with its schema and, of JSON, an example, a body an example, a refusal its envelope"
    )
    func answers() async throws {
        for entry in try await Book().entries {
            let successes = entry.replies.filter { $0.name.hasPrefix("2") || (entry.isSocket && $0.name == "101") }
            #expect(!successes.isEmpty, entry.name)
            for success in successes where success.name != "101" {
                let media = success.value["content"]?["application/json"]
                let isFile = (success.value["content"]?.object ?? []).contains { media in
                    media.value["schema"]?["format"] == "binary"
                }
                #expect(isFile || media?["schema"] != nil && media?["example"] != nil, entry.name)
            }
            let refusals = entry.replies.filter { $0.name.hasPrefix("4") || $0.name.hasPrefix("5") }
            for refusal in refusals {
                let schema = refusal.value["content"]?["application/json"]?["schema"]?["$ref"]?.string
                let name = Self.refusals[entry.dialect] ?? "Problem"
                #expect(schema == "#/components/schemas/\(name)", "\(refusal.name) of \(entry.method) \(entry.path)")
            }
            if entry.json["security"] != nil { #expect(refusals.contains { $0.name == "401" }, entry.name) }
            guard let body = entry.json["requestBody"] else { continue }
            let media = body["content"]?["application/json"] ?? body["content"]?["multipart/form-data"]
            #expect(media?["example"] != nil, entry.name)
        }
    }

    @Test("every reference leads somewhere, every named schema is used, and every example fits its schema")
    func examplesFit() async throws {
        let document = try await Book().document
        let check = SchemaCheck(document)
        var used: Set<String> = []
        var examples = 0
        walk(document) { json in
            if let reference = json["$ref"]?.string {
                #expect(check.target(of: reference) != nil, "\(reference) leads nowhere")
                used.insert(reference)
            }
            if let schema = json["schema"], let example = json["example"] {
                examples += 1
                let faults = check.faults(example, schema)
                #expect(faults.isEmpty, "\(example.text): \(faults)")
            }
        }
        #expect(examples >= 30)
        for component in try #require(document["components"]?["schemas"]?.object) {
            #expect(used.contains("#/components/schemas/\(component.name)"), "nobody refers to \(component.name)")
            for example in component.value["examples"]?.array ?? [] {
                let faults = check.faults(example, component.value)
                #expect(faults.isEmpty, "\(component.name): \(faults)")
            }
        }
    }

    @Test("whatever has an id and a number is a named schema: one line in the views of its dialect")
    func entitiesAreNamed() async throws {
        let book = try await Book()
        for entry in book.entries {
            for reply in entry.replies {
                walk(reply.value["content"]?["application/json"]?["schema"] ?? [:]) { json in
                    let isEntity = json["properties"]?["_id"] != nil && json["properties"]?["number"] != nil
                    #expect(!isEntity, "\(entry.method) \(entry.path) writes out \(json["properties"]?.text ?? "")")
                }
            }
        }
    }

    @Test("no member of a named schema may be just anything: a second example shows what a null may be")
    func nullsAreTyped() async throws {
        for component in try #require(try await Book().document["components"]?["schemas"]?.object) {
            for property in component.value["properties"]?.object ?? [] {
                #expect(property.value.object?.isEmpty == false, "\(component.name).\(property.name) is untyped")
            }
        }
    }

    @Test("the heading says what this is, where it is and how to sign in")
    func heading() async throws {
        let document = try await Book().document
        #expect(document["openapi"] == "3.1.0")
        #expect(document["info"]?["title"] == "Fix On Call" && document["info"]?["version"] == .string(Health.version))
        #expect(document["servers"] == [["url": "/"]])
        let scheme = document["components"]?["securitySchemes"]?["bearerAuth"]
        #expect(scheme?["type"] == "http" && scheme?["scheme"] == "bearer")
        let service = document["components"]?["schemas"]?["Service"]?["properties"]
        #expect(service?["assigned_to"]?["type"] == ["string", "null"])
        #expect(service?["mechanic"]?["anyOf"]?[1] == ["type": "null"])
        #expect(service?["status"]?["enum"]?.array?.count == 5)
    }

    /// Every object of a value, however deep, but for what is inside examples.
    private func walk(_ json: JSON, _ visit: (JSON) -> Void) {
        switch json {
        case .array(let items): for item in items { walk(item, visit) }
        case .object(let members):
            visit(json)
            for member in members where member.name != "example" && member.name != "examples" {
                walk(member.value, visit)
            }
        default: break
        }
    }
}
