import BSON
import CMongoC

/// Creates the indexes that do not exist yet, and the collection if need be.
struct CreateIndexes: Operation {
    static let kind = "createIndexes"

    let collection: String
    let indexes: [Index]

    func run(on lease: MongoLease) throws(MongoError) {
        guard !indexes.isEmpty else { return }
        let specifications = BSONValue.array(indexes.map { .document($0.specification) })
        let command: Document = ["createIndexes": .string(collection), "indexes": specifications]
        _ = try lease.send(command, CMONGO_WRITE, writing: true)
    }
}
