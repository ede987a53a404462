import BSON
import CMongoC

/// A cursor at the server that stays open when it has told everything, and is asked again and again for what is new.
///
/// Not the client library's own: that of a change stream hides when the server has closed the cursor (a dropped collection
/// whose `invalidate` the pipeline filters out), and would be asked for ever without a pause.
///
/// Confined to one thread.
final class LastingCursor {
    private let client: OpaquePointer
    private let database: String
    private let collection: String
    private let session: OpaquePointer
    private var id: Int64 = 0
    /// Where a change stream goes on after the last answer, if it said so.
    private(set) var resumeToken: Document?

    init(client: OpaquePointer, database: String, collection: String) throws(MongoError) {
        self.client = client
        self.database = database
        self.collection = collection
        session = try Self.startSession(client)
    }

    deinit { mongoc_client_session_destroy(session) }

    /// Nothing more will come of it.
    var isClosed: Bool { id == 0 }

    /// - Parameter command: asks for a short first batch, so that its answer does not wait until a long history has been
    ///   searched.
    /// - Returns: the first batch.
    @discardableResult
    func open(_ command: Document) throws(MongoError) -> [Document] {
        try read(command)
    }

    /// What is new, at most a ``batch``. The server waits for it for up to half a second: the time that it takes to notice
    /// a stop.
    func next() throws(MongoError) -> [Document] {
        try read([
            "getMore": .int64(id), "collection": .string(collection), "batchSize": .int32(Int32(Self.batch)),
            "maxTimeMS": 500,
        ])
    }

    /// Spares the server an idle cursor; if it does not hear of it, the cursor ends by itself.
    func close() {
        guard id != 0 else { return }
        _ = try? send(["killCursors": .string(collection), "cursors": [.int64(id)]])
        id = 0
    }

    /// A command in the session of the cursor.
    func send(_ command: Document) throws(MongoError) -> Document {
        var error = bson_error_t()
        var owned = cmongo_bytes()
        let bytes = command.bytes
        let isDone = cmongo_command(client, CMONGO_RAW, database, bytes, bytes.count, session, &owned, &error)
        let reply = Document(adopting: owned)
        guard isDone else { throw MongoError(error, reply: reply, during: .read) }
        return reply
    }

    private func read(_ command: Document) throws(MongoError) -> [Document] {
        let reply = try send(command)
        guard let cursor: Document = reply.get("cursor"), let id: Int64 = cursor.get("id") else {
            throw MongoError(.decoding, "the reply has no cursor")
        }
        self.id = id
        resumeToken = cursor.get("postBatchResumeToken")
        return cursor.get("nextBatch") ?? cursor.get("firstBatch") ?? []
    }

    /// One session for opening and reading: the server refuses a cursor to any other.
    private static func startSession(_ client: OpaquePointer) throws(MongoError) -> OpaquePointer {
        let options = mongoc_session_opts_new()
        defer { mongoc_session_opts_destroy(options) }
        mongoc_session_opts_set_causal_consistency(options, false)
        var error = bson_error_t()
        guard let session = mongoc_client_start_session(client, options, &error) else {
            throw MongoError(error, reply: Document(), during: .read)
        }
        return session
    }

    static let batch = 1000
}
