/// What the body of ``MongoClient/transaction(deadline:_:)`` works with. Not `Sendable`: it belongs to the body.
public final class MongoTransaction {
    private let lease: MongoLease

    init(_ lease: MongoLease) { self.lease = lease }

    /// When the caller gets his answer; the body need not look at it, since every verb does.
    public var deadline: Deadline { lease.deadline }

    public func collection(_ name: String) -> TransactionCollection { lease.collection(name) }
}
