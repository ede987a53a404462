import BSON

/// The changes of a collection, as a ``Watcher`` reads them.
final class ChangeCursor: StreamCursor {
    private let cursor: LastingCursor
    /// Where to go on after what has been read so far.
    private(set) var token: Document?

    /// Opens the cursor; changes from now on, or after `token`, will be read.
    ///
    /// - Parameters:
    ///   - pipeline: stages which filter or reshape the changes; they must keep `_id`.
    ///   - fullDocument: updates carry the whole document as it is when they are read.
    init(
        client: OpaquePointer, database: String, collection: String, pipeline: [Document], fullDocument: Bool,
        after token: Document?
    ) throws(MongoError) {
        self.token = token
        cursor = try LastingCursor(client: client, database: database, collection: collection)
        var stage = Document()
        if fullDocument { stage.append("fullDocument", "updateLookup") }
        // Unlike `resumeAfter` this goes on after a dropped collection, too.
        stage.append("startAfter", ifPresent: token)
        let stages: [Document] = [["$changeStream": .document(stage)]] + pipeline
        try cursor.open([
            "aggregate": .string(collection), "pipeline": .array(stages.map { .document($0) }),
            "cursor": ["batchSize": 0],
        ])
        self.token = cursor.resumeToken ?? token
    }

    /// The server closes the cursor when the collection is dropped or renamed.
    var isClosed: Bool { cursor.isClosed }

    func next() throws(MongoError) -> [Document] {
        let changes = try cursor.next()
        token = cursor.resumeToken ?? changes.last?.get("_id") ?? token
        return changes
    }

    func close() {
        cursor.close()
    }
}
