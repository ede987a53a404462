import NIOCore

/// One connection of a client of the crowd: the handshake, then frames. As little work as a client can get by with, for
/// there are thousands of them beside the servers they watch.
final class CrowdWire: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let client: CrowdClient
    private let request: String
    private var pending = ByteBuffer()
    private var isOpen = false
    private var isOver = false

    init(_ client: CrowdClient, request: String) {
        self.client = client
        self.request = request
    }

    func channelActive(context: ChannelHandlerContext) {
        client.connected(context.channel)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if pending.readableBytes == 0 { pending = bytes } else { pending.writeBuffer(&bytes) }
        if !isOpen {
            guard takeAnswer(context) else { return }
        }
        while takeFrame(context) {}
        client.tookAll()
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        client.ended()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// The answer to the handshake; false while it is unfinished, and when it was a refusal.
    private func takeAnswer(_ context: ChannelHandlerContext) -> Bool {
        let view = pending.readableBytesView
        guard let end = Self.endOfHead(view) else { return false }
        guard view.count > 12, view.dropFirst(9).prefix(3).elementsEqual("101".utf8) else {
            client.refused()
            context.close(promise: nil)
            return false
        }
        pending.moveReaderIndex(to: end)
        isOpen = true
        return true
    }

    private static func endOfHead(_ view: ByteBufferView) -> Int? {
        var matched = 0
        let mark = Array("\r\n\r\n".utf8)
        for (index, byte) in zip(view.indices, view) {
            matched = byte == mark[matched] ? matched + 1 : (byte == mark[0] ? 1 : 0)
            if matched == mark.count { return index + 1 }
        }
        return nil
    }

    /// One frame, if there is a whole one. Servers send no fragments here and mask nothing.
    private func takeFrame(_ context: ChannelHandlerContext) -> Bool {
        let start = pending.readerIndex
        guard let first: UInt8 = pending.getInteger(at: start), let second: UInt8 = pending.getInteger(at: start + 1)
        else { return false }
        var (header, length) = (2, Int(second & 0x7f))
        if length == 126 {
            guard let size: UInt16 = pending.getInteger(at: start + 2) else { return false }
            (header, length) = (4, Int(size))
        } else if length == 127 {
            guard let size: UInt64 = pending.getInteger(at: start + 2) else { return false }
            (header, length) = (10, Int(size))
        }
        guard pending.readableBytes >= header + length,
            let payload = pending.viewBytes(at: start + header, length: length)
        else { return false }
        switch first & 0x0f {
        case 1: client.heard(payload)
        case 8:
            client.closing(payload)
            Self.write(8, Array(payload.prefix(2)), to: context.channel)
        case 9: if client.answersPings { Self.write(10, Array(payload), to: context.channel) }
        default: break
        }
        pending.moveReaderIndex(forwardBy: header + length)
        return true
    }

    /// A frame of at most 64 KiB, masked with zeros: the payload goes as it is.
    static func write(_ opcode: UInt8, _ payload: [UInt8], to channel: any Channel) {
        var frame = ByteBuffer()
        frame.writeInteger(0x80 | opcode)
        if payload.count < 126 {
            frame.writeInteger(0x80 | UInt8(payload.count))
        } else {
            frame.writeInteger(UInt8(0x80 | 126))
            frame.writeInteger(UInt16(payload.count))
        }
        frame.writeInteger(UInt32(0))
        frame.writeBytes(payload)
        channel.writeAndFlush(frame, promise: nil)
    }
}
