import BSON
import Mongo

extension Store {
    /// One slice of a collection, newest first by `created_at` and `_id`; an index should end in these two.
    ///
    /// - Parameter filter: what is listed; must not use `$or` at its top, which the cursor takes.
    /// - Throws: `VALIDATION_ERROR` for a cursor that is none of ours.
    func page(
        _ collection: MongoCollection, _ filter: Document, _ request: PageRequest, projection: Document? = nil
    ) async throws(RoadsideError) -> Page<Document> {
        var slice = filter
        if let cursor = request.cursor {
            guard let position = TimeCursor(cursor) else { throw .foreignCursor }
            slice.append("$or", .array(position.older.map(BSONValue.document)))
        }
        let some = slice
        let (documents, total) = try await database { () async throws(MongoError) in
            let documents = try await collection.find(
                some, sort: ["created_at": -1, "_id": -1], projection: projection, skip: request.skip,
                limit: request.perPage + 1)
            if filter.isEmpty { return (documents, try await size(of: collection)) }
            return (documents, try await collection.count(filter))
        }
        let items = Array(documents.prefix(request.perPage))
        let isLast = documents.count <= request.perPage
        return Page(
            items: items, page: request.page, perPage: request.perPage, total: total,
            nextCursor: isLast ? nil : items.last.flatMap(TimeCursor.init)?.text)
    }

    /// How many documents a collection has, from its own record of that: the same however many there are.
    func size(of collection: MongoCollection) async throws(MongoError) -> Int {
        let answer = try await client.run(["count": .string(collection.name)])
        return answer.get("n") ?? 0
    }
}
