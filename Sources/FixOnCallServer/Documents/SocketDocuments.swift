import BSON
import Blueprint
import HTTPTypes
import Hummingbird
import NIOCore
import RoadsideWeb
import Synchronization

/// What is said on the sockets, for machines and for people. It is made from the router that serves it, so it is filled in
/// once the router exists.
final class SocketDocuments: Sendable {
    private struct Texts {
        var document = ByteBuffer()
        var page = ByteBuffer()
    }

    private let texts = Mutex(Texts())

    func set(_ book: SocketBook) {
        let document = ByteBuffer(bytes: book.asyncAPI.bytes())
        let page = ByteBuffer(string: book.page(document: Self.documentPath, style: Self.stylePath))
        texts.withLock { $0 = Texts(document: document, page: page) }
    }

    func record(in app: inout Blueprint<WebContext>) {
        app.get(Self.documentPath, name: "asyncapi", Self.operation) { [self] _, _ in
            answer("application/json", texts.withLock { $0.document })
        }
        app.get(Self.pagePath, name: "sockets_page", Operation("The sockets, for people", hidden: true)) {
            [self] _, _ in
            answer("text/html; charset=utf-8", texts.withLock { $0.page })
        }
        app.get(Self.stylePath, name: "sockets_style", Operation("How that page looks", hidden: true)) { [self] _, _ in
            answer("text/css; charset=utf-8", ByteBuffer(string: SocketBook.style))
        }
    }

    private static let documentPath = "/api/asyncapi.json"
    private static let pagePath = "/api/docs/sockets"
    private static let stylePath = "/api/docs/sockets.css"

    private static let operation = Operation(
        "The sockets as an AsyncAPI 3.0 document", description: "People read it at `\(pagePath)`.",
        tags: [OpenAPIPage.tag.name],
        responses: [
            200: .init(
                "The document",
                .object([
                    "asyncapi": .string, "info": .object([:]), "channels": .object([:]), "operations": .object([:]),
                ]),
                example: [
                    "asyncapi": "3.0.0", "info": ["title": "Fix On Call: sockets", "version": "1"], "channels": [:],
                    "operations": [:],
                ])
        ])

    private func answer(_ type: String, _ bytes: ByteBuffer) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type, .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
                .contentSecurityPolicy: SwaggerUIPage.policy, .referrerPolicy: "no-referrer",
                .crossOriginResourcePolicy: "same-origin",
            ], body: ResponseBody(byteBuffer: bytes))
    }
}
