import NIOCore
import NIOHTTP1

/// Hands on the parts of a streamed answer at the end of a pipeline.
final class EventStreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    /// One element: the fields of the answer.
    let head: Mailbox<HTTPAnswer.Headers>
    let parts: Mailbox<EventStreamPart>
    private var parser = EventStreamParser()

    init(loop: any EventLoop) {
        head = Mailbox(loop: loop)
        parts = Mailbox(loop: loop)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let answer):
            let isStream = answer.headers.first(name: "content-type") == "text/event-stream"
            guard answer.status == .ok, isStream else {
                return errorCaught(context: context, error: ClientError.violation("\(answer.status) and no stream"))
            }
            head.deliver(.init(fields: answer.headers.map { (name: $0.name, value: $0.value) }))
        case .body(let bytes):
            for part in parser.parts(bytes.readableBytesView) { parts.deliver(part) }
        case .end:
            parts.finish(.success(.ended))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        head.finish(.failure(ClientError.closed(received: [])))
        parts.finish(.success(.ended))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let error = error as? ClientError ?? .violation("\(error)")
        head.finish(.failure(error))
        parts.finish(.failure(error))
        context.close(promise: nil)
    }
}
