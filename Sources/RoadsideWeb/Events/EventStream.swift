public import BSON
public import Foundation
import HTTPTypes
public import Hummingbird
public import Logging
import NIOCore
import Realtime
public import Roadside
import ServiceLifecycle

/// An inbox as Server-Sent Events: what is there, then what comes, for as long as the client reads and his token lasts.
///
/// The stream holds a cursor. It reads a batch when a bell has rung, sends it, and reads on once the client has taken it,
/// so a client that does not read costs one batch of memory, and in the end his connection (`HTTPLimits.writeStall`).
public struct EventStream: Sendable {
    /// How long a stream goes on, and how it is kept alive.
    public struct Terms: Sendable {
        /// When it ends, because the token has run out.
        public var endsAt: Date
        /// Between two comments.
        public var commentInterval: Duration
        /// What the client is told to wait before he comes back after a cut.
        public var retry: Duration

        public init(endsAt: Date, commentInterval: Duration, retry: Duration) {
            self.endsAt = endsAt
            self.commentInterval = commentInterval
            self.retry = retry
        }
    }

    private let reading: EventReading
    private let listener: InboxListener
    private let terms: Terms
    private let logger: Logger
    private let render: @Sendable (InboxRow) -> JSON

    /// - Parameters:
    ///   - listener: from before the cursor of `reading` was asked for, so that nothing falls in between.
    ///   - render: the `data` of a row.
    public init(
        _ reading: EventReading, listener: InboxListener, terms: Terms, logger: Logger,
        render: @escaping @Sendable (InboxRow) -> JSON
    ) {
        self.reading = reading
        self.listener = listener
        self.terms = terms
        self.logger = logger
        self.render = render
    }

    /// The answer to a request that asked for the stream. The connection ends with it.
    ///
    /// - Throws: `MALFORMED_REQUEST` where no answer may go on for long (``WebContext/requireConnection()``), and for a
    ///   request with a body, which nobody would read.
    public func response(to request: Request, _ context: WebContext) throws(RoadsideError) -> Response {
        let connection = try context.requireConnection()
        guard request.headers[.transferEncoding] == nil, request.headers[.contentLength] ?? "0" == "0" else {
            throw RoadsideError(.malformedRequest, "A stream is asked for without a body.")
        }
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            .connection: "close", .accelBuffering: "no",
        ]
        let body = ResponseBody { writer in
            defer { listener.leave() }
            Self.noticeSilence(on: connection)
            try await request.body.consumeWithInboundCloseHandler { _ in
                try await run(&writer, on: connection)
            } onInboundClosed: {
                // The client has gone: there is nobody to tell.
                listener.end(nil)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}

// The life of a stream.
extension EventStream {
    private func run(_ writer: inout any ResponseBodyWriter, on connection: any Channel) async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await keepTime() }
                defer { group.cancelAll() }
                try await tell(&writer)
            }
        } onGracefulShutdown: {
            listener.end(.restart)
            // A client that does not read would hold up the stop.
            connection.eventLoop.scheduleTask(in: Self.lastChance) { connection.close(promise: nil) }
        }
    }

    private func keepTime() async {
        let end = ContinuousClock.now + .seconds(terms.endsAt.timeIntervalSinceNow)
        var beat = ContinuousClock.now + terms.commentInterval
        while ContinuousClock.now < end {
            do {
                try await Task.sleep(until: min(beat, end), clock: .continuous)
            } catch {
                return
            }
            guard ContinuousClock.now >= beat else { continue }
            beat += terms.commentInterval
            listener.beat()
        }
        listener.end(.tokenExpired)
    }

    private func tell(_ writer: inout any ResponseBodyWriter) async throws {
        try await writer.write(ServerSentEvent.retry(after: terms.retry))
        var reading = reading
        var bells = listener.bells.makeAsyncIterator()
        repeat {
            if listener.takeBeat() { try await writer.write(ServerSentEvent.comment) }
            try await tellNews(&reading, &writer)
        } while await bells.next() != nil && !listener.isOver
        if let reason = listener.reason {
            try await writer.write(ServerSentEvent.closing(reason, at: Date()))
        }
    }

    /// Everything that is there, batch after batch, each once the client has taken the one before.
    private func tellNews(_ reading: inout EventReading, _ writer: inout any ResponseBodyWriter) async throws {
        repeat {
            let batch: (rows: [InboxRow], isRevoked: Bool)
            do throws(RoadsideError) {
                batch = try await reading.next()
            } catch {
                logger.warning("An inbox could not be read; trying again", metadata: ["error": "\(error)"])
                return
            }
            try await send(batch.rows, &writer)
            if batch.isRevoked { listener.end(.revoked) }
        } while reading.cursor.mayHaveMore && !listener.isOver
    }

    private func send(_ rows: [InboxRow], _ writer: inout any ResponseBodyWriter) async throws {
        var buffer = ByteBuffer()
        for row in rows {
            ServerSentEvent.write(id: row.seq, name: row.kind.rawValue, render(row), into: &buffer)
            guard buffer.readableBytes >= Self.piece else { continue }
            try await writer.write(buffer)
            buffer = ByteBuffer()
        }
        if buffer.readableBytes > 0 { try await writer.write(buffer) }
    }

    /// A client that vanished without a word answers no comment: the kernel then gives the connection up after half a
    /// minute instead of a quarter of an hour, and its place is free.
    private static func noticeSilence(on connection: any Channel) {
        #if os(Linux)
            // TCP_USER_TIMEOUT of tcp(7), milliseconds.
            let timeout = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 18))
            connection.setOption(timeout, value: 30_000).whenFailure { _ in }
        #endif
    }

    /// Bytes of one write: what NIO takes before it calls a connection full.
    private static let piece = 32 * 1024
    /// For the last words when the server stops. Ours.
    private static let lastChance = TimeAmount.seconds(1)
}

extension HTTPField.Name {
    /// Tells nginx not to hold an answer back.
    fileprivate static let accelBuffering = HTTPField.Name("X-Accel-Buffering")!
}
