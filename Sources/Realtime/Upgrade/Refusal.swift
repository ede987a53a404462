import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// A response behind which the connection ends, ready for the event loop.
struct Refusal: Sendable {
    let head: HTTPResponseHead
    let body: ByteBuffer

    /// The refusal of what is not shown to the server at all.
    init(_ status: HTTPResponseStatus, _ word: RefusalBody) {
        let (contentType, bytes) = word(.init(code: Int(status.code), reasonPhrase: status.reasonPhrase))
        head = HTTPResponseHead(
            version: .http1_1, status: status,
            headers: [
                "connection": "close", "content-type": contentType, "content-length": String(bytes.readableBytes),
            ])
        body = bytes
    }

    /// A refused upgrade.
    init(_ response: Response, for request: HTTPRequest, _ fault: UpgradeFault? = nil) async {
        var response = response
        for field in fault?.headers ?? [:] { response.headers[field.name] = field.value }
        let collected = CollectedBody()
        // A body which fails on the way ends where it failed: the status has been decided already.
        try? await response.body.write(collected)
        let bytes = collected.bytes
        response.headers[.transferEncoding] = nil
        response.headers[.connection] = "close"
        response.headers[.contentLength] = String(bytes.readableBytes)
        head = HTTPResponseHead(response.head)
        body = request.method == .head ? ByteBuffer() : bytes
    }
}

private final class CollectedBody: ResponseBodyWriter {
    private(set) var bytes = ByteBuffer()

    func write(_ buffer: ByteBuffer) async throws {
        bytes.writeImmutableBuffer(buffer)
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
