import NIOCore
import NIOWebSocket

/// The last handler of a WebSocket client: sorts frames into mailboxes and is strict about what a server may send.
final class SocketHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    let messages: Mailbox<SocketMessage>
    let pings: Mailbox<[UInt8]>
    private let answersPings: Bool
    private(set) var recordedPings: [[UInt8]] = []
    private var hasSentClose = false

    init(loop: any EventLoop, answersPings: Bool) {
        messages = Mailbox(loop: loop)
        pings = Mailbox(loop: loop)
        self.answersPings = answersPings
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard frame.maskKey == nil else { return fail("a masked frame", context) }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return fail("a reserved bit", context) }
        let payload = Array(frame.data.readableBytesView)
        switch frame.opcode {
        case .text:
            guard let text = String(validating: payload, as: UTF8.self) else { return fail("text not UTF-8", context) }
            messages.deliver(.text(text))
        case .binary: messages.deliver(.binary(payload))
        case .ping:
            recordedPings.append(payload)
            pings.deliver(payload)
            if answersPings { write(.pong, payload, context.channel, promise: nil) }
        case .pong: break
        case .connectionClose: closing(payload, context)
        default: fail("opcode \(frame.opcode)", context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { finish(.success(.ended)) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset connection is over like a closed one; anything else is a fault in what was sent.
        if error is IOError { finish(.success(.ended)) } else { finish(.failure(ClientError.violation("\(error)"))) }
        context.close(promise: nil)
    }

    /// Sends a frame, masked as a client must.
    func write(
        _ opcode: WebSocketOpcode, _ payload: [UInt8], _ channel: any Channel, promise: EventLoopPromise<Void>?
    ) {
        if opcode == .connectionClose { hasSentClose = true }
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: ByteBuffer(bytes: payload))
        channel.writeAndFlush(frame, promise: promise)
    }

    /// A close frame is answered with its own code, once; the server then ends the connection.
    private func closing(_ payload: [UInt8], _ context: ChannelHandlerContext) {
        guard payload.count != 1, let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else {
            return fail("a malformed close frame", context)
        }
        let code = payload.isEmpty ? nil : UInt16(payload[0]) << 8 | UInt16(payload[1])
        messages.deliver(.close(code: code, reason: reason))
        if !hasSentClose { write(.connectionClose, Array(payload.prefix(2)), context.channel, promise: nil) }
    }

    private func fail(_ rule: String, _ context: ChannelHandlerContext) {
        finish(.failure(ClientError.violation(rule)))
        context.close(promise: nil)
    }

    private func finish(_ result: Result<SocketMessage, any Error>) {
        messages.finish(result)
        pings.finish(.failure(ClientError.closed(received: [])))
    }
}
