import NIOCore
import NIOHTTP1

/// Gathers the parts of one response after another at the end of a pipeline.
final class HTTPAnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    /// A response, and whether the connection can carry another request after it.
    typealias Outcome = Result<(answer: HTTPAnswer, keepsAlive: Bool), any Error>

    /// A client keeps whole answers in memory; a longer one is a fault of the server.
    private static let maximumBody = 64 << 20

    private let deliver: (Outcome, any Channel) -> Void
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    /// - Parameter deliver: called on the event loop for every response, and once with the error that ended the
    ///   connection, or ``ClientError/closed(received:)`` when it merely ended.
    init(deliver: @escaping (Outcome, any Channel) -> Void) { self.deliver = deliver }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let part):
            guard body.count + part.readableBytes <= Self.maximumBody else {
                return errorCaught(context: context, error: ClientError.violation("a body of more than 64 MiB"))
            }
            body.append(contentsOf: part.readableBytesView)
        case .end:
            guard let head else { return }
            let fields = head.headers.map { (name: $0.name, value: $0.value) }
            let answer = HTTPAnswer(status: Int(head.status.code), headers: .init(fields: fields), body: body)
            self.head = nil
            body = []
            deliver(.success((answer, head.isKeepAlive)), context.channel)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        deliver(.failure(ClientError.closed(received: body)), context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        deliver(.failure(error as? ClientError ?? .violation("\(error)")), context.channel)
        context.close(promise: nil)
    }
}
