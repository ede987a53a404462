import BSON
import Blueprint
import FixOnCallClient
import Foundation
import RoadsideTesting
import Testing

@testable import FixOnCallServer

@Suite("D23: the interactive documents")
struct DocsTests {
    /// A folder with stand-ins for the files that set-up fetches, and something beside it that nobody may have.
    private func folder(with names: [String] = ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"]) throws
        -> String
    {
        let base = NSTemporaryDirectory() + "fixoncall-docs-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: base + "/ui/inner", withIntermediateDirectories: true)
        for name in names { try write("the content of \(name)", to: "\(base)/ui/\(name)") }
        for name in ["secret.txt", "ui/LICENSE", "ui/inner/deep.js"] { try write("secret", to: "\(base)/\(name)") }
        return base + "/ui"
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// The addresses in the page's `src` and `href`.
    private func links(_ page: String) -> [String] {
        page.matches(of: /(?:src|href)="([^"]+)"/).map { String($0.1).replacing("&amp;", with: "&") }
    }

    @Test(
        "K29: the page is in its three places, one of ours, under a policy without inline scripts, and leads to its files and the document"
    )
    func page() async throws {
        let files = try folder()
        try await TestServer.with({ $0.docs.files = files }) { server in
            for path in ["/api/docs", "/api/docs/", "/swagger/", "/swagger-docs/", "/swagger", "/swagger-docs"] {
                let place = path.hasSuffix("/") ? path : path + "/"
                let page = try await server.http().get(path)
                #expect(page.status == 200 && page.headers["Content-Type"] == "text/html; charset=utf-8")
                #expect(page.headers["X-Content-Type-Options"] == "nosniff")
                let policy = try #require(page.headers["Content-Security-Policy"])
                #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"))
                #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
                #expect(page.text.contains("data-document=\"/api/swagger.json\""))
                #expect(!page.text.contains("<script>") && !page.text.contains(" on") && !page.text.contains("style="))
                let links = links(page.text)
                #expect(links.count == 4)
                for link in links {
                    let file = try await server.http().get(link)
                    #expect(link.hasPrefix(place) && file.status == 200, "\(link)")
                    #expect(file.headers["Cache-Control"] == "public, max-age=31536000, immutable", "\(link)")
                }
            }
        }
    }

    @Test("files have their types, are checked by tag when they are asked for again, and HEAD has no body")
    func files() async throws {
        let files = try folder()
        try await TestServer.with({ $0.docs.files = files }) { server in
            let http = server.http()
            for (name, type) in [
                ("swagger-ui.css", "text/css; charset=utf-8"),
                ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"), ("favicon-32x32.png", "image/png"),
                ("init.js", "text/javascript; charset=utf-8"),
            ] {
                let path = "/api/docs/\(name)"
                let file = try await http.get(path)
                #expect(file.status == 200 && file.headers["Content-Type"] == type, "\(name)")
                #expect(file.headers["X-Content-Type-Options"] == "nosniff")
                #expect(file.headers["Cache-Control"] == "no-cache")
                #expect(name == "init.js" || file.text == "the content of \(name)")
                let tag = try #require(file.headers["ETag"])
                let again = try await http.get(path, headers: [("If-None-Match", tag)])
                #expect(again.status == 304 && again.body.isEmpty && again.headers["ETag"] == tag)
                #expect(try await http.get(path, headers: [("If-None-Match", "\"other\"")]).status == 200)
                let head = try await http.request("HEAD", path)
                #expect(head.status == 200 && head.body.isEmpty)
                #expect(head.headers["Content-Length"] == "\(file.body.count)")
            }
            #expect(try await http.post("/api/docs/init.js").status == 405)
        }
    }

    @Test("a name is looked up and never becomes a path")
    func hostileNames() async throws {
        let files = try folder()
        try await TestServer.with({ $0.docs.files = files }) { server in
            for name in [
                "LICENSE", "secret.txt", "../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt",
                "%2e%2e%2fsecret.txt", "..%5csecret.txt", "inner/deep.js", "inner%2fdeep.js", "%2fetc%2fpasswd",
                "/etc/passwd", "//etc/passwd", "swagger-ui.css/", "swagger-ui.css%2f", "./swagger-ui.css",
                "%2e%2fswagger-ui.css", "swagger-ui.css%2f..%2f..%2fsecret.txt", "SWAGGER-UI.CSS", "swagger-ui.css%20",
                "swagger-ui.css%00", "%00", "swagger-ui.css%00.png", "%c0%ae%c0%ae%2fsecret.txt", "%", "..", ".",
                String(repeating: "%2e%2e%2f", count: 100) + "etc%2fpasswd",
            ] {
                let answer = try await server.http().get("/api/docs/\(name)")
                #expect(answer.status == 404 || answer.status == 400, "\(name): \(answer.status)")
                #expect(answer.json?["success"] == false, "\(name)")
                #expect(!answer.text.contains("the content of") && !answer.text.contains("root:"), "\(name)")
                #expect(answer.text != "secret", "\(name)")
            }
        }
    }

    @Test("without the files the page says which command fetches them, and finds them as soon as they are there")
    func missingFiles() async throws {
        let files = try folder(with: ["swagger-ui.css"])
        try await TestServer.with({ $0.docs.files = files }) { server in
            let http = server.http()
            let page = try await http.get("/api/docs")
            #expect(page.status == 503 && page.text.contains("make swagger"))
            #expect(page.text.contains("/api/swagger.json"))
            #expect(page.headers["Content-Security-Policy"] != nil)
            #expect(try await http.get("/api/docs/swagger-ui.css").status == 404)
            #expect(try await http.get("/api/swagger.json").status == 200)
            for name in ["swagger-ui-bundle.js", "favicon-32x32.png"] { try write("late", to: "\(files)/\(name)") }
            #expect(try await http.get("/api/docs").status == 200)
            #expect(try await http.get("/api/docs/swagger-ui-bundle.js").text == "late")
            for name in ["swagger-ui.css", "swagger-ui-bundle.js"] {
                try FileManager.default.removeItem(atPath: "\(files)/\(name)")
            }
            #expect(try await http.get("/api/docs/swagger-ui-bundle.js").text == "late", "read once, kept in memory")
        }
    }

    @Test("what is served is what `fixoncall openapi` prints, and neither it nor the pages are there when switched off")
    func settings() async throws {
        try await TestServer.with { server in
            let served = try await server.http().get("/api/swagger.json")
            #expect(served.headers["Content-Type"] == "application/json")
            #expect(served.headers["X-Content-Type-Options"] == "nosniff")
            let printed = try await Book().document.text
            #expect(served.text == printed)
        }
        let routes = try await Book { $0.docs.enabled = false }.router.routes.map(\.template)
        #expect(!routes.isEmpty)
        #expect(!routes.contains { $0.hasPrefix("/api/docs") || $0.hasPrefix("/swagger") || $0 == "/api/swagger.json" })
        let off = try await Settings.load(environment: ["DOCS_ENABLED": "false"], directory: folder()).settings
        #expect(!off.docs.enabled)
    }
}
