import Blueprint
import HTTPTypes
import Hummingbird
import NIOCore
import RoadsideWeb

/// Swagger UI over the OpenAPI document: a page, our script that starts it, and the files it is made of (D23).
///
/// Its paths are relative to where it is mounted, so it can be mounted under several addresses.
struct SwaggerUI: Sendable {
    private static let script = "init.js"
    private let files: BrowserFiles
    /// The name of the route that answers the document.
    private let document: String

    /// Where it is, by the name of its blueprint: D's address, and A's two (K29).
    private static let places = [("docs", "/api/docs"), ("swagger", "/swagger"), ("swagger_docs", "/swagger-docs")]

    init(folder: String, document: String) {
        files = BrowserFiles(
            folder: folder,
            mediaTypes: [
                "swagger-ui.css": "text/css; charset=utf-8",
                "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
                "favicon-32x32.png": "image/png",
            ])
        self.document = document
    }

    /// The same page in every place.
    var blueprints: [Blueprint<WebContext>] { Self.places.map { blueprint($0.0, at: $0.1) } }

    private func blueprint(_ name: String, at prefix: String) -> Blueprint<WebContext> {
        var docs = Blueprint<WebContext>(name, prefix: prefix)
        docs.after { _, response, _ in
            response.headers[.xContentTypeOptions] = "nosniff"
            response.headers[.referrerPolicy] = "no-referrer"
            response.headers[.crossOriginResourcePolicy] = "same-origin"
        }
        docs.get("", name: "page", Operation("The API for people to read and try", hidden: true), handler: page)
        docs.get("/", name: "page_slash", Operation("The same with a slash", hidden: true), handler: page)
        docs.get("/<file>", name: "file", Operation("What the page is made of", hidden: true), handler: file)
        return docs
    }

    @Sendable private func page(_ request: Request, _ context: WebContext) async throws -> Response {
        let document = try context.routing.url(for: document)
        guard let files = await files.all() else {
            return Self.html(SwaggerUIPage.missing(document: document), status: .serviceUnavailable)
        }
        func url(_ name: String, _ file: BrowserFiles.File?) throws -> String {
            try context.routing.url(for: ".file", ["file": name, "v": file?.digest ?? ""])
        }
        let page = SwaggerUIPage.page(
            document: document, icon: try url("favicon-32x32.png", files["favicon-32x32.png"]),
            style: try url("swagger-ui.css", files["swagger-ui.css"]),
            scripts: [
                try url("swagger-ui-bundle.js", files["swagger-ui-bundle.js"]),
                try url(Self.script, SwaggerUIPage.script),
            ])
        return Self.html(page, status: .ok)
    }

    @Sendable private func file(_ request: Request, _ context: WebContext) async throws -> Response {
        let name = try context.routing.parameters.require("file")
        let found = name == Self.script ? SwaggerUIPage.script : await files.all()?[name]
        guard let file = found else { throw HTTPError(.notFound) }
        let tag = "\"\(file.digest)\""
        // An address that carries the digest never shows anything else; a bare one is asked about every time.
        let isPinned = (try? request.query()["v"]) == file.digest
        var headers: HTTPFields = [
            .eTag: tag, .cacheControl: isPinned ? "public, max-age=31536000, immutable" : "no-cache",
        ]
        if request.headers[.ifNoneMatch]?.contains(tag) == true {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = file.mediaType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.bytes))
    }

    private static func html(_ text: String, status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache",
                .contentSecurityPolicy: SwaggerUIPage.policy,
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension HTTPField.Name {
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
