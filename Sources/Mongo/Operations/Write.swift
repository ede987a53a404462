import BSON
import CMongoC

/// Inserts, updates, replacements and deletions, in one or several requests.
struct Write: Operation {
    static let kind = "write"

    let collection: String
    let writes: [BulkWrite]
    var isOrdered = true

    func run(on lease: MongoLease) throws(MongoError) -> BulkResult {
        var result = BulkResult()
        var firstError: MongoError?
        var rest = writes[...]
        while !rest.isEmpty {
            let part = Self.part(of: rest)
            rest = rest.dropFirst(part.count)
            do throws(MongoError) {
                result.add(try send(part, on: lease))
            } catch {
                // The writes of an unordered bulk do not wait for each other's success; a transaction is over anyway.
                if isOrdered || lease.session != nil { throw error }
                firstError = firstError ?? error
            }
        }
        if let firstError { throw firstError }
        return result
    }

    /// At most a thousand writes or about sixteen megabytes at once, so that a deadline can end a large bulk between
    /// two requests and no request is too long for the socket timeout.
    private static func part(of writes: ArraySlice<BulkWrite>) -> ArraySlice<BulkWrite> {
        var size = 0
        var end = writes.startIndex
        while end < writes.endIndex, end - writes.startIndex < 1000 {
            size += writes[end].size
            if size > 16_000_000, end > writes.startIndex { break }
            end += 1
        }
        return writes[..<end]
    }

    private func send(_ writes: ArraySlice<BulkWrite>, on lease: MongoLease) throws(MongoError) -> BulkResult {
        let errand = lease.errand(writing: true)
        return try lease.withCollection(collection) { handle throws(MongoError) in
            var error = bson_error_t()
            guard let bulk = cmongo_bulk_new(handle, isOrdered, lease.session, &error) else {
                throw MongoError(error, reply: Document(), during: errand)
            }
            defer { mongoc_bulk_operation_destroy(bulk) }
            for write in writes {
                let (kind, filter, document, options) = write.parts
                guard
                    cmongo_bulk_add(
                        bulk, kind, filter.bytes, filter.bytes.count, document.bytes, document.bytes.count,
                        options.bytes, options.bytes.count, &error)
                else { throw MongoError(error, reply: Document(), during: errand) }
            }
            try lease.willWrite()
            var owned = cmongo_bytes()
            let isDone = cmongo_bulk_execute(bulk, &owned, &error)
            let reply = Document(adopting: owned)
            guard isDone else { throw MongoError(error, reply: reply, during: errand) }
            return BulkResult(reply)
        }
    }
}

extension BulkWrite {
    var size: Int {
        let (_, filter, document, _) = parts
        return filter.bytes.count + document.bytes.count
    }

    /// As the shim takes it: kind, filter, document, options.
    fileprivate var parts: (cmongo_write_kind, Document, Document, Document) {
        switch self {
        case .insert(let document): (CMONGO_INSERT, Document(), document, Document())
        case .updateOne(let filter, let update, let upsert, let arrayFilters):
            (CMONGO_UPDATE_ONE, filter, update.document, Self.options(upsert, arrayFilters))
        case .updateMany(let filter, let update, let upsert, let arrayFilters):
            (CMONGO_UPDATE_MANY, filter, update.document, Self.options(upsert, arrayFilters))
        case .replaceOne(let filter, let replacement, let upsert):
            (CMONGO_REPLACE_ONE, filter, replacement, Self.options(upsert))
        case .deleteOne(let filter): (CMONGO_DELETE_ONE, filter, Document(), Document())
        case .deleteMany(let filter): (CMONGO_DELETE_MANY, filter, Document(), Document())
        }
    }

    private static func options(_ upsert: Bool, _ arrayFilters: [Document] = []) -> Document {
        var options = Document()
        if upsert { options.append("upsert", .bool(true)) }
        if !arrayFilters.isEmpty { options.append("arrayFilters", .array(arrayFilters.map { .document($0) })) }
        return options
    }
}

extension BulkResult {
    fileprivate init(_ reply: Document) {
        inserted = reply.get("nInserted") ?? 0
        matched = reply.get("nMatched") ?? 0
        modified = reply.get("nModified") ?? 0
        deleted = reply.get("nRemoved") ?? 0
        upserted = reply.get("nUpserted") ?? 0
    }

    fileprivate mutating func add(_ other: BulkResult) {
        inserted += other.inserted
        matched += other.matched
        modified += other.modified
        deleted += other.deleted
        upserted += other.upserted
    }
}
