import CMongoC

/// The client library's pool of clients and the topology behind it.
final class ConnectionPool: @unchecked Sendable {
    // SAFETY: the pointer is read and taken away under the lock only; the library allows its use from any thread.
    private let pool: Monitor<OpaquePointer?>

    /// - Throws: ``MongoError`` of code `validation` for an address that cannot be read; it is quoted without password.
    init(_ settings: MongoClient.Settings) throws(MongoError) {
        Library.start()
        let uri = try ConnectionString(settings).parsed()
        defer { mongoc_uri_destroy(uri) }
        var error = bson_error_t()
        guard let pool = mongoc_client_pool_new_with_error(uri, &error) else {
            throw MongoError(.validation, ConnectionString.redacted(settings.uri) + " cannot be used")
        }
        mongoc_client_pool_set_error_api(pool, MONGOC_ERROR_API_VERSION_2)
        self.pool = Monitor(pool)
    }

    deinit { destroy() }

    /// A client for one thread, for as long as it likes.
    ///
    /// - Throws: ``MongoError`` of code `overloaded` when all are taken, `closed` after ``destroy()``.
    func take() throws(MongoError) -> PooledClient {
        let taken: OpaquePointer?? = pool.withLock { pool in pool.map { mongoc_client_pool_try_pop($0) } }
        guard let taken else { throw MongoError(.closed, "the client has been shut down") }
        guard let taken else { throw MongoError(.overloaded, "all connections of the pool are in use") }
        return PooledClient(taken, of: self)
    }

    /// Closes everything. All clients must have been given back.
    func destroy() {
        let pointer = pool.withLock { pool in
            defer { pool = nil }
            return pool
        }
        // Outside the lock: this joins the library's monitoring threads.
        if let pointer { mongoc_client_pool_destroy(pointer) }
    }

    fileprivate func giveBack(_ client: OpaquePointer) {
        pool.withLock { pool in
            if let pool { mongoc_client_pool_push(pool, client) }
        }
    }
}

/// A client of the library, used by one thread at a time.
final class PooledClient: @unchecked Sendable {
    // SAFETY: whoever takes it out of the pool hands it to one thread and forgets it; only that thread uses it.
    let pointer: OpaquePointer
    private let pool: ConnectionPool

    fileprivate init(_ pointer: OpaquePointer, of pool: ConnectionPool) {
        self.pointer = pointer
        self.pool = pool
    }

    /// To be called once, by the thread that used it, after its last use.
    func giveBack() { pool.giveBack(pointer) }
}

/// The library's one-time start. It is never cleaned up: that is for the end of the process.
private enum Library {
    static func start() { _ = started }

    private static let started: Bool = {
        mongoc_init()
        // Its own log would go to stderr in its own format; every failure reaches the caller as an error anyway.
        mongoc_log_set_handler(nil, nil)
        return true
    }()
}
