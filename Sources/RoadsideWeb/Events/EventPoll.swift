public import Roadside
import ServiceLifecycle

/// One question after news that is answered when there are some, or when the client's patience is over.
public struct EventPoll: Sendable {
    private let reading: EventReading
    private let listener: InboxListener

    /// - Parameter listener: from before the cursor of `reading` was asked for, so that nothing falls in between.
    public init(_ reading: EventReading, listener: InboxListener) {
        self.reading = reading
        self.listener = listener
    }

    /// What is news, at most a batch, and the cursor to ask with the next time; no rows when nothing has come in time, or
    /// when the server stops.
    ///
    /// - Throws: `INVALID_TOKEN` when the session ends meanwhile; `RoadsideError` of the database.
    public func answer(within patience: Duration) async throws -> (rows: [InboxRow], cursor: Int64) {
        defer { listener.leave() }
        return try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Cancelled when the answer is there.
                    guard (try? await Task.sleep(for: patience)) != nil else { return }
                    listener.end(nil)
                }
                defer { group.cancelAll() }
                return try await wait()
            }
        } onGracefulShutdown: {
            listener.end(nil)
        }
    }

    private func wait() async throws(RoadsideError) -> (rows: [InboxRow], cursor: Int64) {
        var reading = reading
        var bells = listener.bells.makeAsyncIterator()
        while true {
            let batch = try await reading.next()
            if batch.isRevoked { throw .invalidToken }
            if !batch.rows.isEmpty { return (batch.rows, reading.cursor.seq) }
            if reading.cursor.mayHaveMore { continue }
            guard await bells.next() != nil else { return ([], reading.cursor.seq) }
        }
    }
}
