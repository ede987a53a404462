public import BSON

/// A collection inside a transaction or lease: the verbs of ``MongoCollection``, blocking the thread they run on.
///
/// In a transaction the first failure ends it: every later verb throws that failure again, and nothing is committed.
public struct LeasedCollection {
    public let name: String
    let lease: MongoLease
}

/// The collection of a transaction.
public typealias TransactionCollection = LeasedCollection

/// Reading.
extension LeasedCollection {
    public func find(
        _ filter: Document = [:], sort: Document? = nil, projection: Document? = nil, hint: String? = nil,
        skip: Int = 0, limit: Int = 0
    ) throws(MongoError) -> [Document] {
        try lease.perform(
            Find(
                collection: name, filter: filter, sort: sort, projection: projection, hint: hint, skip: skip,
                limit: limit))
    }

    public func findOne(
        _ filter: Document = [:], sort: Document? = nil, projection: Document? = nil
    ) throws(MongoError) -> Document? {
        try find(filter, sort: sort, projection: projection, limit: 1).first
    }

    public func aggregate(_ pipeline: [Document]) throws(MongoError) -> [Document] {
        try lease.perform(Aggregate(collection: name, pipeline: pipeline))
    }

    public func count(_ filter: Document = [:]) throws(MongoError) -> Int {
        try lease.perform(Count(collection: name, filter: filter))
    }
}

/// Writing.
extension LeasedCollection {
    public func insert(_ document: Document) throws(MongoError) {
        try bulk([.insert(document)])
    }

    public func insert(contentsOf documents: [Document]) throws(MongoError) {
        try bulk(documents.map { .insert($0) })
    }

    @discardableResult
    public func updateOne(
        _ filter: Document, _ update: Update, upsert: Bool = false
    ) throws(MongoError) -> UpdateResult {
        UpdateResult(try bulk([.updateOne(filter, update, upsert: upsert)]))
    }

    @discardableResult
    public func updateMany(
        _ filter: Document, _ update: Update, upsert: Bool = false
    ) throws(MongoError) -> UpdateResult {
        UpdateResult(try bulk([.updateMany(filter, update, upsert: upsert)]))
    }

    @discardableResult
    public func replaceOne(
        _ filter: Document, _ replacement: Document, upsert: Bool = false
    ) throws(MongoError) -> UpdateResult {
        UpdateResult(try bulk([.replaceOne(filter, replacement, upsert: upsert)]))
    }

    /// - Returns: how many documents were deleted.
    @discardableResult
    public func deleteOne(_ filter: Document) throws(MongoError) -> Int {
        try bulk([.deleteOne(filter)]).deleted
    }

    /// - Returns: how many documents were deleted.
    @discardableResult
    public func deleteMany(_ filter: Document) throws(MongoError) -> Int {
        try bulk([.deleteMany(filter)]).deleted
    }

    /// The document in the asked state; nil when none matched, or when there was none before an upsert.
    @discardableResult
    public func findOneAndUpdate(
        _ filter: Document, _ update: Update, returning: ReturnedDocument = .after, upsert: Bool = false,
        sort: Document? = nil, projection: Document? = nil
    ) throws(MongoError) -> Document? {
        try lease.perform(
            FindAndModify(
                collection: name, filter: filter, update: update, returnsAfter: returning == .after, upsert: upsert,
                sort: sort, projection: projection))
    }

    /// The deleted document; nil when none matched.
    @discardableResult
    public func findOneAndDelete(
        _ filter: Document, sort: Document? = nil, projection: Document? = nil
    ) throws(MongoError) -> Document? {
        try lease.perform(
            FindAndModify(collection: name, filter: filter, update: nil, sort: sort, projection: projection))
    }

    @discardableResult
    public func bulk(_ writes: [BulkWrite], ordered: Bool = true) throws(MongoError) -> BulkResult {
        try lease.perform(Write(collection: name, writes: writes, isOrdered: ordered))
    }
}
