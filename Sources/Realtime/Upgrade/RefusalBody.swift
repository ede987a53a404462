public import HTTPTypes
public import NIOCore

/// Words the body of a refusal which no route sees: bytes which are no request, a header above its limits, a request
/// which did not come in time.
public typealias RefusalBody = @Sendable (HTTPResponse.Status) -> (contentType: String, bytes: ByteBuffer)

/// The status in words, for a server without a dialect.
public let plainRefusalBody: RefusalBody = { status in
    ("text/plain; charset=utf-8", ByteBuffer(string: status.reasonPhrase + ".\n"))
}
