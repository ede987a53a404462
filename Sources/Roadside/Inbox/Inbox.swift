import BSON
import FoundationEssentials
import Logging
public import Mongo
import Synchronization

/// Every push that must arrive, as rows of `notifications` written in the transaction of the change they tell of.
///
/// The rows are the mailbox; listeners, change streams and sockets are only the doorbell. So a writer appends inside its
/// transaction, commits, and then rings: a process that dies in between loses a ring, never a row.
public struct Inbox: Sendable {
    let store: Store
    let sealer: Sealer
    let now: @Sendable () -> Date
    let logger: Logger
    /// Marks the rows of this process, which it rings itself.
    let origin = ObjectID()
    let receipts: Receipts
    private let listeners = Listeners()

    init(_ dependencies: Dependencies) {
        store = dependencies.store
        receipts = Receipts(dependencies.store)
        sealer = dependencies.sealer
        now = dependencies.now
        logger = dependencies.logger
    }

    /// Writes the rows and moves the recipients' heads, in the order of the recipients' ids, so that two writers with
    /// several recipients in common meet at the first of them and not crosswise.
    ///
    /// - Returns: the rows in that order, codes included, to be handed to `ring` once the transaction is committed.
    /// - Throws: `MongoError`, to be let through so that the transaction can retry; `RoadsideError` when a code cannot
    ///   be sealed.
    public func append(_ entries: [InboxEntry], in transaction: MongoTransaction) throws -> [InboxRow] {
        guard !entries.isEmpty else { return [] }
        let now = now()
        var rows: [InboxRow] = []
        var documents: [Document] = []
        let byRecipient = Dictionary(grouping: entries, by: \.recipient).sorted { $0.key < $1.key }
        let heads = try advance(byRecipient.map { ($0.key, $0.value.count) }, in: transaction)
        for (recipient, entries) in byRecipient {
            guard let last = heads[recipient] else {
                throw RoadsideError(.internalError, RoadsideError.ourFault, underlying: "no inbox head: \(recipient)")
            }
            for (seq, entry) in zip((last - Int64(entries.count) + 1)..., entries) {
                let row = InboxRow(entry, seq: seq, createdAt: now)
                rows.append(row)
                var document = try row.document(body: entry.body, sealer: sealer)
                document.append("origin", .id(origin))
                documents.append(document)
            }
        }
        try transaction.notifications.insert(contentsOf: documents)
        return rows
    }

    /// Moves the recipients' heads, in this order: one step for one, two for any number.
    ///
    /// - Returns: where each head stands now.
    private func advance(
        _ steps: [(recipient: ObjectID, count: Int)], in transaction: MongoTransaction
    ) throws(MongoError) -> [ObjectID: Int64] {
        func update(_ count: Int) -> Update {
            ["$inc": ["seq": .int64(Int64(count))], "$setOnInsert": ["epoch": .id(ObjectID())]]
        }
        let heads: [Document]
        if steps.count == 1, let (recipient, count) = steps.first {
            let head = try transaction.inboxHeads.findOneAndUpdate(
                ["_id": .id(recipient)], update(count), returning: .after, upsert: true)
            heads = [head].compactMap(\.self)
        } else {
            try transaction.inboxHeads.bulk(
                steps.map { .updateOne(["_id": .id($0.recipient)], update($0.count), upsert: true) })
            // Nobody else can have moved them since: they are locked by this transaction.
            heads = try transaction.inboxHeads.find(
                ["_id": ["$in": .array(steps.map { .id($0.recipient) })]], limit: steps.count)
        }
        return heads.reduce(into: [:]) { result, head in
            if let id: ObjectID = head.get("_id"), let seq: Int64 = head.get("seq") { result[id] = seq }
        }
    }

    /// Tells this process's listeners about rows of a transaction that **has been committed**.
    public func ring(_ rows: [InboxRow]) {
        if !rows.isEmpty { listeners.tell(.rows(rows)) }
    }

    /// Registers for the doorbell. Listeners are called on the thread of whoever rings and must not block.
    public func listen(_ listener: @escaping @Sendable (InboxEvent) -> Void) {
        listeners.add(listener)
    }

    func tell(_ event: InboxEvent) {
        listeners.tell(event)
    }
}

extension Inbox {
    private final class Listeners: Sendable {
        private let all = Mutex<[@Sendable (InboxEvent) -> Void]>([])

        func add(_ listener: @escaping @Sendable (InboxEvent) -> Void) {
            all.withLock { $0.append(listener) }
        }

        func tell(_ event: InboxEvent) {
            for listener in all.withLock({ $0 }) { listener(event) }
        }
    }
}
