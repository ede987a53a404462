import BSON
import CMongoC

/// Documents that match a filter.
struct Find: Operation {
    let collection: String
    let filter: Document
    var sort: Document?
    var projection: Document?
    var skip = 0
    var limit = 0

    func run(on lease: MongoLease) throws(MongoError) -> [Document] {
        var options = Document()
        options.append("sort", ifPresent: sort)
        options.append("projection", ifPresent: projection)
        if skip > 0 { options.append("skip", .int(skip)) }
        if limit > 0 { options.append("limit", .int(limit)) }
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
}
