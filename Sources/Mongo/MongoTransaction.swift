/// What the body of ``MongoClient/transaction(deadline:_:)`` works with. Not `Sendable`: it belongs to the body.
public final class MongoTransaction {
    /// Counts the runs of the body, from 1: whoever runs again has met another writer.
    public let attempt: Int
    private let lease: MongoLease

    init(_ lease: MongoLease, attempt: Int) {
        self.lease = lease
        self.attempt = attempt
    }

    /// When the caller gets his answer; the body need not look at it, since every verb does.
    public var deadline: Deadline { lease.deadline }

    public func collection(_ name: String) -> TransactionCollection { lease.collection(name) }
}
