import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// A refused upgrade as the bytes of one response, ready for the event loop.
struct Refusal: Sendable {
    let head: HTTPResponseHead
    let body: ByteBuffer

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
