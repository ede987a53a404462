import NIOCore
import NIOHTTP1
import NIOPosix

/// A stream of server-sent events whose parts wait in a queue until they are asked for.
public final class EventStreamClient: Sendable {
    /// Of the answer that opened the stream.
    public let headers: HTTPAnswer.Headers
    private let channel: any Channel
    private let handler: NIOLoopBound<EventStreamHandler>

    private init(channel: any Channel, handler: NIOLoopBound<EventStreamHandler>, headers: HTTPAnswer.Headers) {
        self.channel = channel
        self.handler = handler
        self.headers = headers
    }

    deinit { channel.close(promise: nil) }

    /// Opens a stream on an event loop of the process.
    ///
    /// - Parameters:
    ///   - path: the path with its query, already percent-encoded.
    ///   - timeout: for the head of the answer.
    /// - Throws: ``ClientError``; ``ClientError/violation(_:)`` for an answer that is no stream.
    public static func open(
        host: String, port: Int, path: String, headers: [(String, String)] = [], within timeout: Duration = .seconds(60)
    ) async throws -> EventStreamClient {
        var fields = HTTPHeaders(headers)
        fields.add(name: "Host", value: "\(host):\(port)")
        fields.add(name: "Accept", value: "text/event-stream")
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(EventStreamHandler(loop: channel.eventLoop))
                    }
                }
                .connect(host: host, port: port).get()
        } catch { throw ClientError.unreachable("\(error)") }
        let request = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: fields)
        let (handler, head) = try await channel.eventLoop.flatSubmit {
            channel.eventLoop.makeCompletedFuture {
                let handler = try channel.pipeline.syncOperations.handler(type: EventStreamHandler.self)
                channel.write(HTTPClientRequestPart.head(request), promise: nil)
                channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
                return (NIOLoopBound(handler, eventLoop: channel.eventLoop), handler.head.take(within: timeout))
            }
        }.get()
        let fieldsOfAnswer: HTTPAnswer.Headers
        do {
            fieldsOfAnswer = try await head.get()
        } catch {
            channel.close(promise: nil)
            throw error
        }
        return EventStreamClient(channel: channel, handler: handler, headers: fieldsOfAnswer)
    }

    /// The next part in the order of the wire; ``EventStreamPart/ended`` once the stream is over.
    ///
    /// - Throws: ``ClientError/timedOut``, or ``ClientError/violation(_:)`` when the server broke the protocol.
    public func next(within timeout: Duration = .seconds(60)) async throws -> EventStreamPart {
        try await channel.eventLoop.flatSubmit { [handler] in handler.value.parts.take(within: timeout) }.get()
    }

    /// Takes nothing more off the wire, so that the server's writes pile up.
    public func stopReading() async throws {
        try await channel.setOption(.autoRead, value: false).get()
    }

    /// Drops the connection without a word.
    public func close() async throws {
        do { try await channel.close().get() } catch ChannelError.alreadyClosed {}
    }
}
