import BSON

/// The end of a capped collection, as a ``Watcher`` reads it: documents in the order in which they were inserted.
///
/// It begins with what is inserted from now on. A cursor of this kind always begins with the oldest document there is, so
/// what was there before is read and forgotten, up to the one that was the newest.
final class TailCursor: StreamCursor {
    private let cursor: LastingCursor
    /// The newest of what was there before; nil once it has been read.
    private var history: BSONValue?
    /// What came with the cursor.
    private var first: [Document] = []

    /// - Parameter filter: which documents are told of; the server reads all of them.
    init(
        client: OpaquePointer, database: String, collection: String, filter: Document
    ) throws(MongoError) {
        cursor = try LastingCursor(client: client, database: database, collection: collection)
        let reply = try cursor.send([
            "find": .string(collection), "filter": .document(filter), "sort": ["$natural": -1], "limit": 1,
            "singleBatch": true, "projection": ["_id": 1],
        ])
        history = reply.get("cursor", as: Document.self)?.get("firstBatch", as: [Document].self)?.first?["_id"]
        // With an empty first batch a server would open one at an empty collection and close it with the second.
        first = try cursor.open([
            "find": .string(collection), "filter": .document(filter), "tailable": true, "awaitData": true,
            "batchSize": 1,
        ])
        try checkIsOpen()
    }

    /// It cannot go on where it was: what was inserted in between is lost to it, as it may be to any reader of a capped
    /// collection.
    var token: Document? { nil }
    var isClosed: Bool { cursor.isClosed }

    func next() throws(MongoError) -> [Document] {
        guard first.isEmpty else {
            defer { first = [] }
            return news(among: first, isEnd: false)
        }
        let documents = try cursor.next()
        try checkIsOpen()
        return news(among: documents, isEnd: documents.count < LastingCursor.batch)
    }

    func close() {
        cursor.close()
    }

    /// What is behind the history.
    private func news(among documents: [Document], isEnd: Bool) -> [Document] {
        guard let newest = history else { return documents }
        if let place = documents.lastIndex(where: { $0["_id"] == newest }) {
            history = nil
            return Array(documents[(place + 1)...])
        }
        // The end was reached without meeting it: it has made room for newer ones meanwhile.
        if isEnd { history = nil }
        return []
    }

    /// The server closes it, without a word, where there is nothing yet and where it has been overtaken.
    private func checkIsOpen() throws(MongoError) {
        guard cursor.isClosed else { return }
        throw MongoError(.command, "the tailed collection is empty, missing or gone")
    }
}
