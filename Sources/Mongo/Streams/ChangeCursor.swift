import BSON
import CMongoC

/// The server's side of a change stream: a cursor that is asked again and again for what is new.
///
/// Not the client library's own change stream: that hides when the server has closed the cursor (a dropped collection
/// whose `invalidate` the pipeline filters out), and would be asked for ever without a pause.
///
/// Confined to one thread.
final class ChangeCursor {
    private let client: OpaquePointer
    private let database: String
    private let collection: String
    private let session: OpaquePointer
    private var id: Int64 = 0
    /// Where to go on after what has been read so far.
    private(set) var token: Document?

    /// Opens the cursor; changes from now on, or after `token`, will be read.
    init(
        client: OpaquePointer, database: String, collection: String, pipeline: [Document], fullDocument: Bool,
        after token: Document?
    ) throws(MongoError) {
        self.client = client
        self.database = database
        self.collection = collection
        self.token = token
        session = try Self.startSession(client)
        var stage = Document()
        if fullDocument { stage.append("fullDocument", "updateLookup") }
        // Unlike `resumeAfter` this goes on after a dropped collection, too.
        stage.append("startAfter", ifPresent: token)
        let stages: [Document] = [["$changeStream": .document(stage)]] + pipeline
        // An empty first batch: the answer does not wait until a long history has been searched.
        try read(
            [
                "aggregate": .string(collection), "pipeline": .array(stages.map { .document($0) }),
                "cursor": ["batchSize": 0],
            ])
    }

    deinit { mongoc_client_session_destroy(session) }

    /// The server closes the cursor when the collection is dropped or renamed.
    var isClosed: Bool { id == 0 }

    /// The next changes. The server waits for one for up to half a second: the time that it takes to notice a stop.
    func next() throws(MongoError) -> [Document] {
        try read([
            "getMore": .int64(id), "collection": .string(collection), "batchSize": .int32(1000), "maxTimeMS": 500,
        ])
    }

    /// Spares the server an idle cursor; if it does not hear of it, the cursor ends by itself.
    func close() {
        guard id != 0 else { return }
        _ = try? send(["killCursors": .string(collection), "cursors": [.int64(id)]])
        id = 0
    }

    @discardableResult
    private func read(_ command: Document) throws(MongoError) -> [Document] {
        let reply = try send(command)
        guard let cursor: Document = reply.get("cursor"), let id: Int64 = cursor.get("id") else {
            throw MongoError(.decoding, "the reply has no cursor")
        }
        self.id = id
        let changes: [Document] = cursor.get("nextBatch") ?? cursor.get("firstBatch") ?? []
        token = cursor.get("postBatchResumeToken") ?? changes.last?.get("_id") ?? token
        return changes
    }

    private func send(_ command: Document) throws(MongoError) -> Document {
        var error = bson_error_t()
        var owned = cmongo_bytes()
        let bytes = command.bytes
        let isDone = cmongo_command(client, CMONGO_RAW, database, bytes, bytes.count, session, &owned, &error)
        let reply = Document(adopting: owned)
        guard isDone else { throw MongoError(error, reply: reply, during: .read) }
        return reply
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
}
