import BSON
import CMongoC

/// Documents that match a filter.
struct Find: Operation {
    static let kind = "find"

    let collection: String
    let filter: Document
    var sort: Document?
    var projection: Document?
    /// The name of the index to be used, where the server's own choice is known to be poor.
    var hint: String?
    var skip = 0
    var limit = 0

    func run(on lease: MongoLease) throws(MongoError) -> [Document] {
        if 1...Self.shortest ~= limit, let documents = try inOneReply(on: lease) { return documents }
        var options = options
        // The server's first batch has 101 documents by default; a thousand saves requests and costs nothing.
        options.append("batchSize", .int32(1001))
        options.append("maxTimeMS", try lease.readTime())
        let (filter, settings) = (filter.bytes, options.bytes)
        return try lease.withCollection(collection) { handle throws(MongoError) in
            var error = bson_error_t()
            let cursor = cmongo_find(
                handle, filter, filter.count, settings, settings.count, lease.session, &error)
            guard let cursor else {
                throw MongoError(error, reply: Document(), during: lease.errand(writing: false))
            }
            defer { mongoc_cursor_destroy(cursor) }
            return try lease.documents(of: cursor)
        }
    }

    private var options: Document {
        var options = Document()
        options.append("sort", ifPresent: sort)
        options.append("projection", ifPresent: projection)
        options.append("hint", ifPresent: hint)
        if skip > 0 { options.append("skip", .int(skip)) }
        if limit > 0 { options.append("limit", .int(limit)) }
        return options
    }
}

/// Most reads are of one document or a page: they fit one reply, and need nothing of what the library keeps for a cursor.
extension Find {
    private static let shortest = 128

    /// - Returns: nil when the documents are too large for one reply after all.
    private func inOneReply(on lease: MongoLease) throws(MongoError) -> [Document]? {
        var command: Document = ["find": .string(collection), "filter": .document(filter)]
        command.append(contentsOf: options)
        // One more than wanted: only then the server knows that it has come to the end, and keeps no cursor.
        command.append("batchSize", .int(limit + 1))
        command.append("maxTimeMS", try lease.readTime())
        let reply = BSONReader(try lease.send(command, CMONGO_READ, writing: false))
        guard let cursor = reply.nested("cursor"), let batch = cursor.nested("firstBatch") else {
            throw MongoError(.decoding, "the reply to a find has no batch")
        }
        if let rest = cursor.int64("id"), rest != 0 {
            // Nobody waits for it, and it would end by itself in ten minutes.
            _ = try? lease.send(
                ["killCursors": .string(collection), "cursors": [.int64(rest)]], CMONGO_RAW, writing: false)
            return nil
        }
        return batch.documents
    }
}

extension BSONReader {
    fileprivate func nested(_ key: String) -> BSONReader? {
        var reader = self
        return reader.find(key).map { nested($0) }
    }

    fileprivate func int64(_ key: String) -> Int64? {
        var reader = self
        return reader.find(key).flatMap { int64($0) }
    }

    /// The elements of an array of documents.
    fileprivate var documents: [Document] {
        var (reader, documents) = (self, [Document]())
        while let field = try? reader.next() {
            if let document = reader.document(field) { documents.append(document) }
        }
        return documents
    }
}
