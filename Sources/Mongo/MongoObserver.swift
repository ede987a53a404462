/// Hears of every call of a client, for metrics and logs. It is called on the threads of callers and workers and must not
/// block.
public protocol MongoObserver: Sendable {
    /// Asked where a call begins, on its task: whom to tell about it, beside ``observed(_:)``.
    func listener() -> (any MongoCallListener)?

    /// A request to the database has ended; inside a transaction each is one of its own.
    func observed(_ operation: MongoOperation)

    /// A transaction, or its commit, is being repeated as the server asked for it.
    func repeated()

    /// The caller of a write got no confirmation of it.
    func lostOutcome()
}

/// Whoever waits for a call.
public protocol MongoCallListener: Sendable {
    /// - Parameters:
    ///   - waited: until a worker took it.
    ///   - worked: what the worker needed, with everything on the way to the server and back.
    func ended(waited: Duration, worked: Duration)
}

/// One request to the database.
public struct MongoOperation: Sendable {
    /// `find`, `aggregate`, `count`, `write`, `findAndModify`, `createIndexes` or `command`.
    public let kind: String
    public let took: Duration
    /// Why it failed; nil when it did not.
    public let failure: MongoError.Code?
}
