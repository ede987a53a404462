import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The other end of a connection at the level of bytes: what it sends is exactly what the test wrote.
final class RawPeer {
    struct Response: Equatable {
        var status: Int
        var headers: [String: String]
        var body: String
    }

    struct Frame: Equatable {
        var opcode: UInt8
        var payload: [UInt8]

        var text: String { String(decoding: payload, as: UTF8.self) }
        /// The code of a closing frame.
        var code: UInt16? {
            opcode == 8 && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
        }
    }

    struct EndOfStream: Error {}

    private let channel: any Channel
    private var chunks: AsyncStream<ByteBuffer>.Iterator
    private var buffer = ByteBuffer()

    private init(channel: any Channel, chunks: AsyncStream<ByteBuffer>) {
        (self.channel, self.chunks) = (channel, chunks.makeAsyncIterator())
    }

    /// - Parameters:
    ///   - reads: False lets nothing be read until `startReading()`.
    ///   - staysOpen: True goes on writing when the server has shut its side.
    static func connect(
        port: Int, reads: Bool = true, receiveBuffer: Int? = nil, staysOpen: Bool = false
    ) async throws -> RawPeer {
        let (chunks, sink) = AsyncStream.makeStream(of: ByteBuffer.self)
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.autoRead, value: reads)
            .channelOption(.allowRemoteHalfClosure, value: staysOpen)
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
        }
        let channel = try await bootstrap.channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Tap(sink: sink))
            }
        }.connect(host: "127.0.0.1", port: port).get()
        return RawPeer(channel: channel, chunks: chunks)
    }

    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Sends what may fail because the server has already gone.
    func trySend(_ bytes: [UInt8]) async {
        try? await send(bytes)
    }

    func shutOutput() async throws {
        try await channel.close(mode: .output).get()
    }

    func close() async {
        try? await channel.close().get()
    }

    /// Ends the connection with a reset, as a crashed machine or a cut line does.
    func reset() async throws {
        let provider = channel as? any SocketOptionProvider
        try await provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        await close()
    }

    private func more() async throws {
        guard var chunk = await chunks.next() else { throw EndOfStream() }
        buffer.writeBuffer(&chunk)
    }

    /// Reads to the end of the stream and returns what came.
    func rest() async -> [UInt8] {
        while let chunk = await chunks.next() { buffer.writeImmutableBuffer(chunk) }
        return buffer.readBytes(length: buffer.readableBytes) ?? []
    }

    private func line() async throws -> String {
        while true {
            if let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                let length = end - buffer.readerIndex + 1
                return (buffer.readString(length: length) ?? "").trimmingSuffix { $0.isNewline }
            }
            try await more()
        }
    }

    /// One HTTP response; without a length and outside of 1xx and HEAD the body reaches to the end of the stream.
    func response(head: Bool = false) async throws -> Response {
        let status = try await line().split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var headers: [String: String] = [:]
        while case let line = try await line(), !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        guard status >= 200, !head else { return Response(status: status, headers: headers, body: "") }
        if let length = headers["content-length"].flatMap({ Int($0) }) {
            while buffer.readableBytes < length { try await more() }
            return Response(status: status, headers: headers, body: buffer.readString(length: length) ?? "")
        }
        return Response(status: status, headers: headers, body: String(decoding: await rest(), as: UTF8.self))
    }

    func frame() async throws -> Frame {
        while true {
            let start = buffer
            if let opcode = buffer.readInteger(as: UInt8.self), let short = buffer.readInteger(as: UInt8.self) {
                let length: Int? =
                    switch short {
                    case 126: buffer.readInteger(as: UInt16.self).map { Int($0) }
                    case 127: buffer.readInteger(as: UInt64.self).map { Int($0) }
                    default: Int(short)
                    }
                if let length, let payload = buffer.readBytes(length: length) {
                    return Frame(opcode: opcode & 0x0F, payload: payload)
                }
            }
            buffer = start
            try await more()
        }
    }

    /// The code of the closing frame, other frames before it forgotten; nil when the stream ends without one.
    func closeCode() async throws -> UInt16? {
        do {
            while true {
                let frame = try await frame()
                if frame.opcode == 8 { return frame.code }
            }
        } catch is EndOfStream {
            return nil
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(while drop: (Character) -> Bool) -> String {
        var copy = self
        while let last = copy.last, drop(last) { copy.removeLast() }
        return copy
    }
}

/// Puts everything read into a stream which ends with the connection.
private final class Tap: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let sink: AsyncStream<ByteBuffer>.Continuation

    init(sink: AsyncStream<ByteBuffer>.Continuation) {
        self.sink = sink
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        sink.yield(unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) {
        sink.finish()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { sink.finish() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
