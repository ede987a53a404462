import BSON
import Blueprint
import FixOnCallClient
import RoadsideTesting
import RoadsideWeb
import Testing

@testable import FixOnCallServer

@Suite("The sockets as documents, for machines and for people")
struct SocketDocumentsTests {
    private func book() async throws -> (sockets: SocketBook, router: BlueprintRouter<WebContext>) {
        let router = try await Book().router
        return (Mount.sockets(of: router), router)
    }

    @Test("every socket that is routed is described, and nothing is described that is not routed")
    func whole() async throws {
        let (sockets, router) = try await book()
        #expect(sockets.strays.isEmpty, "\(sockets.strays)")
        let routed = router.routes.filter(\.isSocket)
        #expect(routed.count >= 4)
        let channels = try #require(sockets.asyncAPI["channels"]?.object)
        #expect(channels.map(\.name) == routed.map(\.endpoint))
        #expect(channels.map { $0.value["address"]?.string } == routed.map(\.template))
        for channel in channels {
            #expect(channel.value["messages"]?.object?.isEmpty == false, "\(channel.name)")
            #expect(channel.value["title"]?.string?.isEmpty == false, "\(channel.name)")
            #expect(channel.value["x-close-codes"]?.array?.contains { $0["code"] == 4401 } == true, "\(channel.name)")
        }
    }

    @Test("a route without a description is a stray, and so is a description without a route")
    func strays() async throws {
        let (sockets, router) = try await book()
        let lonely = SocketDescription(path: "/ws/lonely/", text: "", messages: [])
        let fewer = SocketBook(
            heading: sockets.heading, routes: router.routes,
            descriptions: sockets.sockets.dropFirst().map(\.description) + [lonely], schemas: [])
        let first = try #require(sockets.sockets.first)
        #expect(Set(fewer.strays) == ["/ws/lonely/", first.route.template])
    }

    @Test("every reference leads somewhere, every example fits its message, and every message belongs to an operation")
    func sound() async throws {
        let document = try await book().sockets.asyncAPI
        #expect(document["asyncapi"] == "3.0.0")
        let check = SchemaCheck(document)
        var references: [String] = []
        walk(document) { json in
            guard let reference = json["$ref"]?.string else { return }
            references.append(reference)
            #expect(check.target(of: reference) != nil, "\(reference) leads nowhere")
        }
        var examples = 0
        for message in try #require(document["components"]?["messages"]?.object) {
            #expect(references.contains("#/components/messages/\(message.name)"), "\(message.name)")
            for example in message.value["examples"]?.array ?? [] {
                examples += 1
                let faults = check.faults(example["payload"] ?? [:], message.value["payload"] ?? [:])
                #expect(faults.isEmpty, "\(message.name): \(faults)")
            }
        }
        #expect(examples >= 25)
        for channel in try #require(document["channels"]?.object) {
            for message in channel.value["messages"]?.object ?? [] {
                let name = "#/channels/\(channel.name)/messages/\(message.name)"
                #expect(references.contains(name), "no operation has \(name)")
            }
        }
        let actions = document["operations"]?.object?.compactMap { $0.value["action"]?.string } ?? []
        #expect(actions.filter { $0 == "send" }.count == 15 && actions.filter { $0 == "receive" }.count == 10)
        for schema in try #require(document["components"]?["schemas"]?.object) {
            #expect(references.contains("#/components/schemas/\(schema.name)"), "nobody refers to \(schema.name)")
        }
    }

    @Test("they are served: JSON, and a page of ours without scripts under a policy that allows none")
    func served() async throws {
        try await TestServer.with { server in
            let http = server.http()
            let document = try await http.get("/api/asyncapi.json")
            #expect(document.status == 200 && document.headers["Content-Type"] == "application/json")
            let made = try await book().sockets.asyncAPI.text
            #expect(document.text == made)
            let page = try await http.get("/api/docs/sockets")
            #expect(page.status == 200 && page.headers["Content-Type"] == "text/html; charset=utf-8")
            let policy = try #require(page.headers["Content-Security-Policy"])
            #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
            #expect(page.headers["X-Content-Type-Options"] == "nosniff")
            #expect(!page.text.contains("<script") && !page.text.contains("style=") && !page.text.contains("://"))
            for words in ["/ws/v1/", "/ws/bookings/", "fixoncall.v1", "4400", "bearer.&lt;token&gt;", "&quot;op&quot;"]
            {
                #expect(page.text.contains(words), "\(words)")
            }
            for link in page.text.matches(of: /href="(\/[^"]+)"/).map({ String($0.1) }) {
                #expect(try await http.get(link).status == 200, "\(link)")
            }
            let style = try await http.get("/api/docs/sockets.css")
            #expect(style.headers["Content-Type"] == "text/css; charset=utf-8")
        }
        let routes = try await Book { $0.docs.enabled = false }.router.routes.map(\.template)
        #expect(!routes.contains { $0.hasPrefix("/api/docs") || $0 == "/api/asyncapi.json" })
    }

    /// Every object of a value, however deep, but for what is inside examples.
    private func walk(_ json: JSON, _ visit: (JSON) -> Void) {
        switch json {
        case .array(let items): for item in items { walk(item, visit) }
        case .object(let members):
            visit(json)
            for member in members where member.name != "examples" { walk(member.value, visit) }
        default: break
        }
    }
}
