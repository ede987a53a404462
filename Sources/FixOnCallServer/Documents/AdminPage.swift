import Blueprint
import HTTPTypes
import Hummingbird
import NIOCore
import RoadsideWeb

/// The page at `/admin` (promise C16): an operator signs in with the API, sees providers with their status and
/// position, and the newest jobs. It is a client of the API like any other, so whoever may not see something there does
/// not see it here; it keeps nothing behind the window it is in.
struct AdminPage: Sendable {
    private static let files = ["admin.js": AdminPageText.script, "admin.css": AdminPageText.style]

    var blueprint: Blueprint<WebContext> {
        var admin = Blueprint<WebContext>("admin_page", prefix: "/admin")
        admin.after { _, response, _ in
            response.headers[.xContentTypeOptions] = "nosniff"
            response.headers[.referrerPolicy] = "no-referrer"
            response.headers[.crossOriginResourcePolicy] = "same-origin"
        }
        admin.get("", name: "page", Operation("Providers and jobs for operators", hidden: true), handler: page)
        admin.get("/", name: "page_slash", Operation("The same with a slash", hidden: true), handler: page)
        admin.get("/<file>", name: "file", Operation("What the page is made of", hidden: true), handler: file)
        return admin
    }

    @Sendable private func page(_ request: Request, _ context: WebContext) async throws -> Response {
        func url(_ name: String) throws -> String {
            try context.routing.url(for: ".file", ["file": name, "v": Self.files[name]?.digest ?? ""])
        }
        let text = AdminPageText.page(style: try url("admin.css"), script: try url("admin.js"))
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy: AdminPageText.policy,
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    @Sendable private func file(_ request: Request, _ context: WebContext) async throws -> Response {
        guard let file = Self.files[try context.routing.parameters.require("file")] else { throw HTTPError(.notFound) }
        let isPinned = (try? request.query()["v"]) == file.digest
        return Response(
            status: .ok,
            headers: [
                .contentType: file.mediaType, .eTag: "\"\(file.digest)\"",
                .cacheControl: isPinned ? "public, max-age=31536000, immutable" : "no-cache",
            ], body: ResponseBody(byteBuffer: file.bytes))
    }
}
