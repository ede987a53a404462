import BSON
import CMongoC

/// The documents that come out of a pipeline.
struct Aggregate: Operation {
    static let kind = "aggregate"

    let collection: String
    let pipeline: [Document]

    func run(on lease: MongoLease) throws(MongoError) -> [Document] {
        let lastStage = pipeline.last?.keys.first
        let isWriting = lastStage == "$out" || lastStage == "$merge"
        if isWriting { try lease.willWrite() }
        let options: Document = ["maxTimeMS": try lease.readTime(), "batchSize": .int32(1001)]
        let stages: Document = ["pipeline": .array(pipeline.map { .document($0) })]
        let (stageBytes, optionBytes) = (stages.bytes, options.bytes)
        return try lease.withCollection(collection) { handle throws(MongoError) in
            var error = bson_error_t()
            let cursor = cmongo_aggregate(
                handle, stageBytes, stageBytes.count, optionBytes, optionBytes.count, lease.session, &error)
            guard let cursor else {
                throw MongoError(error, reply: Document(), during: lease.errand(writing: false))
            }
            defer { mongoc_cursor_destroy(cursor) }
            return try lease.documents(of: cursor, writing: isWriting)
        }
    }
}

/// How many documents match, counted exactly by a pipeline (the filter may not contain `$nearSphere`).
///
/// All of them are not counted but known: the collection keeps its size, which only a crash of the database can leave
/// off by a little. A transaction must count, for the size knows nothing of what it has not committed.
struct Count: Operation {
    static let kind = "count"

    let collection: String
    let filter: Document

    func run(on lease: MongoLease) throws(MongoError) -> Int {
        if filter.isEmpty, lease.session == nil {
            let size = Command(command: ["count": .string(collection), "maxTimeMS": try lease.readTime()])
            return try size.run(on: lease).get("n") ?? 0
        }
        let pipeline: [Document] = [["$match": .document(filter)], ["$count": "n"]]
        let answer = try Aggregate(collection: collection, pipeline: pipeline).run(on: lease)
        return answer.first?.get("n") ?? 0
    }
}
