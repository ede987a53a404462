import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("C16: the page for operators at /admin")
struct AdminPageTests {
    @Test("C16: it is there, with a slash and without, ours alone, and under a policy that lets nothing else in")
    func page() async throws {
        try await TestServer.with { server in
            for path in ["/admin", "/admin/"] {
                let page = try await server.http().get(path)
                #expect(page.status == 200 && page.headers["Content-Type"] == "text/html; charset=utf-8")
                #expect(page.headers["Cache-Control"] == "no-store")
                #expect(page.headers["X-Content-Type-Options"] == "nosniff")
                let policy = try #require(page.headers["Content-Security-Policy"])
                #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe") && !policy.contains("http"))
                #expect(!page.text.contains("<script>") && !page.text.contains("style=") && !page.text.contains("://"))
                let links = page.text.matches(of: /(?:src|href)="(\/[^"]+)"/).map { String($0.1) }
                #expect(links.count == 2)
                for link in links {
                    let file = try await server.http().get(link.replacing("&amp;", with: "&"))
                    #expect(file.status == 200, "\(link)")
                    #expect(file.headers["Cache-Control"] == "public, max-age=31536000, immutable", "\(link)")
                }
            }
            #expect(try await server.http().get("/admin/secret.txt").status == 404)
        }
    }

    @Test("C16: its script keeps nothing, and what people have written becomes text and never markup")
    func script() async throws {
        try await TestServer.with { server in
            let script = try await server.http().get("/admin/admin.js").text
            #expect(script.contains("textContent"))
            for word in [
                "localStorage", "sessionStorage", "indexedDB", "cookie", "caches", "innerHTML", "outerHTML",
                "insertAdjacent", "document.write", "eval(", "://",
            ] {
                #expect(!script.contains(word), "\(word)")
            }
        }
    }

    @Test("C16: what it asks the API for is there: providers with status and position, and the newest jobs")
    func data() async throws {
        try await TestServer.with { server in
            let (admin, provider) = try await (server.admin(), server.provider())
            let motorist = try await server.customer()
            _ = try await motorist.request()
            let script = try await server.http().get("/admin/admin.js").text
            let paths = script.matches(of: /ask\("(\/api\/admin\/[^"]+)"/).map { String($0.1) }
            #expect(paths.count == 2)
            for path in paths {
                #expect(try await admin.ask("GET", path).status == 200, "\(path)")
                #expect(try await motorist.ask("GET", path).status == 403, "\(path)")
                #expect(try await server.http().get(path).status == 401, "\(path)")
            }
            let people = try await admin.ask("GET", paths[0]).json?["data"]?["users"]?.array ?? []
            let shown = try #require(people.first { $0["id"]?.string == provider.id })
            #expect(shown["availability"] == "available" && shown["online"]?.bool != nil)
            #expect(shown["location"]?["latitude"]?.double == -1.2921 && shown["verification"]?["state"] == "approved")
            let job = try #require(try await admin.ask("GET", paths[1]).json?["data"]?["services"]?[0])
            #expect(job["status"] == "pending" && job["location"]?["address"]?.string?.isEmpty == false)
        }
    }
}
