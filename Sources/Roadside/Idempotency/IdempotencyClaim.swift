import BSON
import Mongo
import Synchronization

/// The right to carry out a command, held under its key by one request.
///
/// A process may die between a command's commit and the keeping of its answer. So the key's own document is written
/// inside every transaction of the command: `claimed` becomes `committed` together with what the command does, or not at
/// all. Whoever repeats the command later reads there whether it was carried out; and a holder whose claim was taken over
/// meanwhile finds another name in the document, and cannot commit.
public final class IdempotencyClaim: Sendable {
    /// The claim of the request that is being served; ``Store/transaction(_:)`` honours it.
    @TaskLocal public static var current: IdempotencyClaim?

    /// `_id` of the key's document.
    let id: String
    let holder = ObjectID()
    private let progress = Mutex(Progress())

    private struct Progress {
        var hasCommitted = false
        var job: ObjectID?
    }

    init(id: String) { self.id = id }

    /// Whether something of the command has been committed: then its answer is kept, whatever it is.
    public var hasCommitted: Bool { progress.withLock(\.hasCommitted) }

    /// Tells which job the next transaction opens, so that a client whose answer was lost can be shown to it.
    func willMake(_ job: ObjectID?) {
        progress.withLock { $0.job = job }
    }

    /// - Throws: `IDEMPOTENCY_IN_PROGRESS` when somebody else holds the key by now; the transaction must end then.
    func mark(in transaction: MongoTransaction) throws {
        var set: Document = ["state": .string(IdempotencyRecord.State.committed.rawValue)]
        set.append("job_id", ifPresent: progress.withLock(\.job))
        let result = try transaction.idempotencyKeys.updateOne(
            ["_id": .string(id), "holder": .id(holder)], ["$set": .document(set)])
        if result.matched == 0 { throw RoadsideError.commandInProgress }
    }

    func didCommit() {
        progress.withLock { $0.hasCommitted = true }
    }
}

extension RoadsideError {
    static let commandInProgress = RoadsideError(
        .idempotencyInProgress, "The first request with this Idempotency-Key is still being worked on.",
        details: [("retry_after", 1)])
}
