import BSON
import CMongoC

/// A transaction on a worker thread: body, commit, and both again as the server's labels allow, until the deadline.
///
/// The library has such a loop as well, but it goes on for two minutes whatever the deadline, and starts a conflicting
/// body again at once (trust.md §1.2).
struct TransactionRun<Value> {
    let client: OpaquePointer
    let database: String
    let call: Call
    let observer: (any MongoObserver)?
    let pause: (Duration) -> Void

    func run(_ body: (MongoTransaction) throws -> Value) throws -> Value {
        let session = try startSession()
        defer { mongoc_client_session_destroy(session) }
        let options = Self.options()
        defer { mongoc_transaction_opts_destroy(options) }
        var attempt = 0
        while true {
            attempt += 1
            do {
                return try once(session, options, attempt, body)
            } catch let again as Again {
                let wait = Self.backoff(attempt)
                if call.isAnswered || call.deadline.remaining <= wait { throw again.cause }
                observer?.repeated()
                pause(wait)
            }
        }
    }

    /// The body and its commit, once.
    ///
    /// - Throws: ``Again`` when the whole transaction may be repeated; else what the body or the commit failed with.
    private func once(
        _ session: OpaquePointer, _ options: OpaquePointer, _ attempt: Int,
        _ body: (MongoTransaction) throws -> Value
    ) throws -> Value {
        mongoc_transaction_opts_set_max_commit_time_ms(options, max(1, call.deadline.remaining.milliseconds))
        var error = bson_error_t()
        guard mongoc_client_session_start_transaction(session, options, &error) else {
            throw MongoError(error, reply: Document(), during: .statement)
        }
        let lease = MongoLease(
            client: client, session: session, database: database, call: call, observer: observer)
        let value: Value
        do {
            defer { lease.end() }
            value = try body(MongoTransaction(lease, attempt: attempt))
        } catch {
            abort(session)
            // The body may have wrapped the failure in an error of its own; the label is remembered all the same.
            if let cause = lease.failure, cause.hasLabel(Self.transient) { throw Again(cause: error) }
            throw error
        }
        if let failure = lease.failure {
            // The body kept silent about a failed statement, but the server has given the transaction up with it.
            abort(session)
            if failure.hasLabel(Self.transient) { throw Again(cause: failure) }
            throw failure
        }
        guard call.willWrite() else {
            abort(session)
            throw MongoError(.deadlineExceeded, "the caller has gone before the commit")
        }
        try commit(session)
        return value
    }

    /// Commits, and again while the outcome is unknown: the server answers a repeated commit with the first's result.
    private func commit(_ session: OpaquePointer) throws {
        var attempt = 0
        while true {
            attempt += 1
            var error = bson_error_t()
            var owned = cmongo_bytes()
            let isDone = cmongo_transaction_commit(session, &owned, &error)
            let reply = Document(adopting: owned)
            if isDone { return }
            let failure = MongoError(error, reply: reply, during: .commit)
            if failure.hasLabel(Self.transient) {
                call.didNotWrite()
                throw Again(cause: failure)
            }
            let wait = Self.backoff(attempt)
            guard failure.hasLabel(Self.unknown), !call.isAnswered, call.deadline.remaining > wait else {
                throw failure
            }
            observer?.repeated()
            pause(wait)
        }
    }

    /// Best effort: a transaction that nobody commits ends by itself.
    private func abort(_ session: OpaquePointer) {
        var error = bson_error_t()
        mongoc_client_session_abort_transaction(session, &error)
    }

    private func startSession() throws(MongoError) -> OpaquePointer {
        var error = bson_error_t()
        guard let session = mongoc_client_start_session(client, nil, &error) else {
            throw MongoError(error, reply: Document(), during: .statement)
        }
        return session
    }

    /// Snapshot reads and majority writes: weaker settings would let a transaction read its own rolled-back past
    /// (trust.md §1.3).
    private static func options() -> OpaquePointer {
        let readConcern = mongoc_read_concern_new()
        defer { mongoc_read_concern_destroy(readConcern) }
        mongoc_read_concern_set_level(readConcern, MONGOC_READ_CONCERN_LEVEL_SNAPSHOT)
        let writeConcern = mongoc_write_concern_new()
        defer { mongoc_write_concern_destroy(writeConcern) }
        mongoc_write_concern_set_wmajority(writeConcern, 8000)
        mongoc_write_concern_set_journal(writeConcern, true)
        guard let options = mongoc_transaction_opts_new() else { fatalError("out of memory") }
        mongoc_transaction_opts_set_read_concern(options, readConcern)
        mongoc_transaction_opts_set_write_concern(options, writeConcern)
        return options
    }

    /// Random, so that those who collided do not collide again: up to 4 ms at first, doubling up to 128 ms.
    private static func backoff(_ attempt: Int) -> Duration {
        .microseconds(Int.random(in: 500...(2000 << min(attempt, 6))))
    }

    private static var transient: String { "TransientTransactionError" }
    private static var unknown: String { "UnknownTransactionCommitResult" }
}

/// The transaction may be repeated from its beginning; `cause` is the answer when there is no time for that.
private struct Again: Error {
    let cause: any Error
}
