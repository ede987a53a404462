import BSON

/// One stream on a thread and a client of its own, which resumes itself.
final class Watcher: Sendable {
    /// Opens a cursor with a client of the library, after a token or with what comes.
    typealias Opening = @Sendable (OpaquePointer, Document?) throws(MongoError) -> any StreamCursor

    let buffer: EventBuffer
    private let connections: ConnectionPool
    private let open: Opening
    private let gathering: Duration
    private let isStopping = Monitor(false)

    /// - Parameter gathering: how long it waits, once something has come, before it asks for more. Where much is written
    ///   the next come together: one by one they cost the server more than the writes.
    init(connections: ConnectionPool, bufferLimit: Int, gathering: Duration, open: @escaping Opening) {
        self.connections = connections
        self.open = open
        self.gathering = gathering
        buffer = EventBuffer(limit: bufferLimit)
    }

    /// The next event; nil at the end, and when the task is cancelled.
    func next() async -> ChangeStream.Event? {
        await withTaskCancellationHandler {
            await buffer.next()
        } onCancel: {
            stop()
        }
    }

    /// Ends the stream and, within half a second, the thread.
    func stop() {
        buffer.finish()
        isStopping.withLock { $0 = true }
        isStopping.broadcast()
    }

    /// The life of the thread.
    func run() {
        var token: Document?
        var failures = 0
        while !mustStop {
            do throws(MongoError) {
                let client = try connections.take()
                defer { client.giveBack() }
                try follow(client, from: &token) { failures = 0 }
            } catch {
                if Self.hasLostHistory(error) { token = nil }
                // One report an outage; the attempts that follow are not news.
                if failures == 0 { buffer.append(.interrupted(error)) }
                failures += 1
                pause(Self.backoff(failures))
            }
        }
        buffer.finish()
    }

    private var mustStop: Bool { isStopping.withLock { $0 } }

    /// Opens a cursor and hands on its changes until a stop is asked for or the server closes it.
    ///
    /// - Parameter succeeded: called after every answer of the server that was not a failure.
    private func follow(
        _ client: PooledClient, from token: inout Document?, succeeded: () -> Void
    ) throws(MongoError) {
        let start = token
        let cursor = try open(client.pointer, token)
        if token == nil {
            succeeded()
            buffer.append(.opened)
        }
        token = cursor.token
        while !mustStop, !cursor.isClosed {
            let changes = try cursor.next()
            succeeded()
            for change in changes { buffer.append(.change(change)) }
            token = cursor.token
            // The first after a quiet time has been handed on by now.
            if !changes.isEmpty { pause(gathering) }
        }
        // Closed where it began: following on would close again, and for ever.
        if cursor.isClosed, token == start { token = nil }
        cursor.close()
    }

    /// The server no longer has, or never had, the history from the token on: CappedPositionLost, CloseChangeStream,
    /// InvalidResumeToken, ChangeStreamFatalError, ChangeStreamHistoryLost.
    private static func hasLostHistory(_ error: MongoError) -> Bool {
        if error.hasLabel("NonResumableChangeStreamError") { return true }
        return error.serverCode.map { [136, 222, 260, 280, 286].contains($0) } ?? false
    }

    /// Up to 50 ms after the first failure, doubling up to three seconds.
    private static func backoff(_ failures: Int) -> Duration {
        .milliseconds(Int.random(in: 25...(50 << min(failures - 1, 6))))
    }

    /// Waits, unless a stop cuts it short.
    private func pause(_ duration: Duration) {
        let end = Deadline.after(duration)
        isStopping.wait { isStopping -> Turn<Void> in
            isStopping || end.hasPassed ? .done(()) : .wait(end.remaining)
        }
    }
}
