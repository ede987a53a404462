import NIOCore
import NIOHTTP1
import NIOWebSocket

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A WebSocket connection whose messages wait in a queue until they are asked for.
public final class SocketClient: Sendable {
    /// The answer that opened the socket.
    public let headers: HTTPAnswer.Headers
    /// The subprotocol the server chose.
    public var subprotocol: String? { headers["Sec-WebSocket-Protocol"] }

    private let channel: any Channel
    private let handler: NIOLoopBound<SocketHandler>

    init(channel: any Channel, handler: SocketHandler, head: HTTPResponseHead) {
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        headers = .init(fields: head.headers.map { (name: $0.name, value: $0.value) })
    }

    deinit { channel.close(promise: nil) }

    /// The next message in the order of the wire; ``SocketMessage/ended`` once the connection is over.
    ///
    /// - Throws: ``ClientError/timedOut``, or ``ClientError/violation(_:)`` when the server broke the protocol.
    public func next(within timeout: Duration = .seconds(60)) async throws -> SocketMessage {
        try await onLoop { $0.messages.take(within: timeout) }
    }

    /// The payload of the next ping, whether or not it is answered.
    public func nextPing(within timeout: Duration = .seconds(60)) async throws -> [UInt8] {
        try await onLoop { $0.pings.take(within: timeout) }
    }

    /// The payloads of all pings so far, read or not.
    public func recordedPings() async throws -> [[UInt8]] {
        try await onLoop { [loop = channel.eventLoop] in loop.makeSucceededFuture($0.recordedPings) }
    }

    public func send(text: String) async throws { try await send(.text, Array(text.utf8)) }

    public func send(binary bytes: [UInt8]) async throws { try await send(.binary, bytes) }

    public func ping(_ payload: [UInt8] = []) async throws { try await send(.ping, payload) }

    /// A pong, asked for or not.
    public func pong(_ payload: [UInt8] = []) async throws { try await send(.pong, payload) }

    /// Puts bytes on the wire as they are, for frames no honest client would send.
    public func sendRaw(_ bytes: [UInt8]) async throws {
        try await onLoop { [channel] _ in
            do {
                // Writing at the encoder's place skips the encoder.
                let encoder = try channel.pipeline.syncOperations.context(handlerType: WebSocketFrameEncoder.self)
                let promise = channel.eventLoop.makePromise(of: Void.self)
                encoder.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: promise)
                return promise.futureResult
            } catch { return channel.eventLoop.makeFailedFuture(error) }
        }
    }

    /// Sends a close frame. The server answers with its own and ends the connection; ``next(within:)`` tells.
    public func close(code: UInt16 = 1000, reason: String = "") async throws {
        try await send(.connectionClose, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason.utf8)
    }

    /// Drops the connection without a word.
    public func abort() async throws { try await channel.close().get() }

    /// Ends the connection with a reset, as a crashed machine or a cut line does.
    public func reset() async throws {
        let provider = channel as? any SocketOptionProvider
        try await provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await abort()
    }

    /// Takes nothing more off the wire, so that the server's writes pile up.
    public func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

    /// Reads again.
    public func startReading() async throws { try await channel.setOption(.autoRead, value: true).get() }

    private func send(_ opcode: WebSocketOpcode, _ payload: [UInt8]) async throws {
        try await onLoop { [channel] handler in
            let promise = channel.eventLoop.makePromise(of: Void.self)
            handler.write(opcode, payload, channel, promise: promise)
            return promise.futureResult
        }
    }

    private func onLoop<T: Sendable>(
        _ body: @escaping @Sendable (SocketHandler) -> EventLoopFuture<T>
    ) async throws -> T {
        try await channel.eventLoop.flatSubmit { [handler] in body(handler.value) }.get()
    }
}
