import BSON
import CMongoC

/// Finds one document, changes it, and returns it, in one step.
struct FindAndModify: Operation {
    static let kind = "findAndModify"

    let collection: String
    let filter: Document
    /// Nil deletes the document.
    let update: Update?
    var returnsAfter = false
    var upsert = false
    var sort: Document?
    var projection: Document?

    func run(on lease: MongoLease) throws(MongoError) -> Document? {
        var command: Document = ["findAndModify": .string(collection), "query": .document(filter)]
        command.append("sort", ifPresent: sort)
        if let update {
            command.append("update", update.bson)
            command.append("new", .bool(returnsAfter))
            command.append("upsert", .bool(upsert))
        } else {
            command.append("remove", .bool(true))
        }
        command.append("fields", ifPresent: projection)
        let reply = try lease.send(command, CMONGO_WRITE, writing: true)
        return reply.get("value")
    }
}
