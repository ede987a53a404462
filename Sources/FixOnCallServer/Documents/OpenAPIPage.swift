import BSON
import Blueprint
import HTTPTypes
import Hummingbird
import NIOCore
import RoadsideWeb
import Synchronization

/// The OpenAPI document as an answer. It is made from the router that serves it, so it is filled in once the router
/// exists.
final class OpenAPIPage: Sendable {
    private let bytes = Mutex(ByteBuffer())

    func set(_ json: JSON) { bytes.withLock { $0 = ByteBuffer(bytes: json.bytes()) } }

    static let operation = Operation(
        "This API as an OpenAPI 3.1 document", tags: [tag.name],
        responses: [
            200: .init(
                "The document", .object(["openapi": .string, "info": .object([:]), "paths": .object([:])]),
                example: ["openapi": "3.1.0", "info": ["title": "Fix On Call", "version": "1"], "paths": [:]])
        ])

    static let tag = (name: "Documents", description: "This description itself; people read it at `/api/docs`.")

    @Sendable func answer(_ request: Request, _ context: WebContext) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-cache", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: bytes.withLock { $0 }))
    }
}
