public import BSON

/// A collection, read and written by tasks: every verb runs on a worker thread of the client.
///
/// All verbs throw ``MongoError``; at the deadline a read throws `deadlineExceeded` and a write that had been sent
/// `outcomeUnknown`, while the worker finishes on its own.
public struct MongoCollection: Sendable {
    public let name: String
    let client: MongoClient

    func perform<O: Operation>(_ operation: O, _ deadline: Deadline) async throws(MongoError) -> O.Answer {
        try await client.perform(operation, deadline)
    }
}

/// Reading.
extension MongoCollection {
    /// The documents that match, all of them unless limited.
    ///
    /// - Parameter hint: the name of the index to be used, where the server's own choice is known to be poor.
    public func find(
        _ filter: Document = [:], sort: Document? = nil, projection: Document? = nil, hint: String? = nil,
        skip: Int = 0, limit: Int = 0, deadline: Deadline = .current
    ) async throws(MongoError) -> [Document] {
        try await perform(
            Find(
                collection: name, filter: filter, sort: sort, projection: projection, hint: hint, skip: skip,
                limit: limit),
            deadline)
    }

    public func findOne(
        _ filter: Document = [:], sort: Document? = nil, projection: Document? = nil, deadline: Deadline = .current
    ) async throws(MongoError) -> Document? {
        try await perform(
            Find(collection: name, filter: filter, sort: sort, projection: projection, limit: 1), deadline
        ).first
    }

    public func aggregate(
        _ pipeline: [Document], deadline: Deadline = .current
    ) async throws(MongoError) -> [Document] {
        try await perform(Aggregate(collection: name, pipeline: pipeline), deadline)
    }

    public func count(_ filter: Document = [:], deadline: Deadline = .current) async throws(MongoError) -> Int {
        try await perform(Count(collection: name, filter: filter), deadline)
    }
}

/// Writing.
extension MongoCollection {
    public func insert(_ document: Document, deadline: Deadline = .current) async throws(MongoError) {
        _ = try await bulk([.insert(document)], deadline: deadline)
    }

    /// Inserts in order, and stops at the first failure.
    public func insert(
        contentsOf documents: [Document], deadline: Deadline = .current
    ) async throws(MongoError) {
        _ = try await bulk(documents.map { .insert($0) }, deadline: deadline)
    }

    @discardableResult
    public func updateOne(
        _ filter: Document, _ update: Update, upsert: Bool = false, deadline: Deadline = .current
    ) async throws(MongoError) -> UpdateResult {
        UpdateResult(try await bulk([.updateOne(filter, update, upsert: upsert)], deadline: deadline))
    }

    @discardableResult
    public func updateMany(
        _ filter: Document, _ update: Update, upsert: Bool = false, deadline: Deadline = .current
    ) async throws(MongoError) -> UpdateResult {
        UpdateResult(try await bulk([.updateMany(filter, update, upsert: upsert)], deadline: deadline))
    }

    @discardableResult
    public func replaceOne(
        _ filter: Document, _ replacement: Document, upsert: Bool = false, deadline: Deadline = .current
    ) async throws(MongoError) -> UpdateResult {
        UpdateResult(try await bulk([.replaceOne(filter, replacement, upsert: upsert)], deadline: deadline))
    }

    /// - Returns: how many documents were deleted.
    @discardableResult
    public func deleteOne(_ filter: Document, deadline: Deadline = .current) async throws(MongoError) -> Int {
        try await bulk([.deleteOne(filter)], deadline: deadline).deleted
    }

    /// - Returns: how many documents were deleted.
    @discardableResult
    public func deleteMany(_ filter: Document, deadline: Deadline = .current) async throws(MongoError) -> Int {
        try await bulk([.deleteMany(filter)], deadline: deadline).deleted
    }

    /// The document in the asked state; nil when none matched, or when there was none before an upsert.
    @discardableResult
    public func findOneAndUpdate(
        _ filter: Document, _ update: Update, returning: ReturnedDocument = .after, upsert: Bool = false,
        sort: Document? = nil, projection: Document? = nil, deadline: Deadline = .current
    ) async throws(MongoError) -> Document? {
        try await perform(
            FindAndModify(
                collection: name, filter: filter, update: update, returnsAfter: returning == .after, upsert: upsert,
                sort: sort, projection: projection),
            deadline)
    }

    /// The deleted document; nil when none matched.
    @discardableResult
    public func findOneAndDelete(
        _ filter: Document, sort: Document? = nil, projection: Document? = nil, deadline: Deadline = .current
    ) async throws(MongoError) -> Document? {
        try await perform(
            FindAndModify(collection: name, filter: filter, update: nil, sort: sort, projection: projection), deadline)
    }

    /// Several writes. Ordered ones stop at the first failure; of unordered ones all are tried, then the first
    /// failure is thrown. No writes are no request.
    @discardableResult
    public func bulk(
        _ writes: [BulkWrite], ordered: Bool = true, deadline: Deadline = .current
    ) async throws(MongoError) -> BulkResult {
        try await perform(Write(collection: name, writes: writes, isOrdered: ordered), deadline)
    }

    /// Creates the indexes which do not exist; again with the same definitions is no change.
    ///
    /// On a collection so large that this takes longer than the socket's ten seconds the answer is `outcomeUnknown`
    /// while the server goes on; asking again then joins the work under way.
    public func createIndexes(
        _ indexes: [Index], deadline: Deadline = .after(.seconds(60))
    ) async throws(MongoError) {
        try await perform(CreateIndexes(collection: name, indexes: indexes), deadline)
    }
}
