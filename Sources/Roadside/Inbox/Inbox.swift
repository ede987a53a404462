import BSON
import FoundationEssentials
import Logging
public import Mongo
import Synchronization

/// Every push that must arrive, as rows of `notifications` written in the transaction of the change they tell of.
///
/// The rows are the mailbox; listeners, change streams and sockets are only the doorbell. So a writer appends inside its
/// transaction, commits, and then rings: a process that dies in between loses a ring, never a row.
public final class Inbox: Sendable {
    let store: Store
    let sealer: Sealer
    let now: @Sendable () -> Date
    let logger: Logger
    /// Marks the rows of this process, which it rings itself.
    let origin = ObjectID()
    let receipts: Receipts
    let doorbell: DoorbellWatch
    let liveReads: GroupWork<InboxReading, InboxReading.Batch>
    let replays: GroupWork<InboxReading, InboxReading.Batch>
    let openings: GroupWork<ObjectID, InboxHead>
    let places: GroupWork<Desk.Place, Bool>
    private let listeners = Listeners()
    /// The newest row of each recipient that this process has rung for itself.
    private let rung = GenerationCache<ObjectID, Int64>(limit: 65_536)
    /// Where heads stood when this process last moved them. It may be wrong; that is found out.
    private let knownHeads = GenerationCache<ObjectID, Int64>(limit: 65_536)

    init(_ dependencies: Dependencies) {
        store = dependencies.store
        receipts = Receipts(dependencies.store)
        doorbell = DoorbellWatch(
            interval: dependencies.settings.canaryInterval, patience: dependencies.settings.canaryPatience)
        sealer = dependencies.sealer
        now = dependencies.now
        logger = dependencies.logger
        let desk = Desk(store: dependencies.store, sealer: dependencies.sealer, now: dependencies.now)
        liveReads = Self.liveReads(desk)
        replays = Self.replays(desk)
        openings = Self.openings(desk)
        places = Self.places(desk)
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
        let heads = try advance(
            byRecipient.map { HeadStep(recipient: $0.key, count: $0.value.count) }, in: transaction)
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

    /// Moves the recipients' heads, in this order, and remembers them.
    ///
    /// - Returns: where each head stands now.
    private func advance(
        _ steps: [HeadStep], in transaction: MongoTransaction
    ) throws(MongoError) -> [ObjectID: Int64] {
        let moved: [ObjectID: Int64]
        if steps.count == 1, let step = steps.first {
            let head = try transaction.inboxHeads.findOneAndUpdate(
                step.filter, step.update, returning: .after, upsert: true)
            moved = Self.positions([head].compactMap(\.self))
        } else {
            moved = try advanceTogether(steps, in: transaction)
        }
        for (recipient, seq) in moved { knownHeads.store(seq, for: recipient) }
        return moved
    }

    /// Heads that stand where this process last left them, and those of inboxes that begin with this, need not be read.
    private func advanceTogether(
        _ steps: [HeadStep], in transaction: MongoTransaction
    ) throws(MongoError) -> [ObjectID: Int64] {
        let known = steps.map { knownHeads.value(for: $0.recipient) }
        let beginning = known.count { $0 == nil }
        // Tells those that were moved from those that did not stand there any more.
        let mover = ObjectID()
        let result = try transaction.inboxHeads.bulk(zip(steps, known).map { $0.write(by: mover, from: $1) })
        if result.upserted == beginning, result.matched == steps.count - beginning {
            return zip(steps, known).reduce(into: [:]) { moved, step in
                moved[step.0.recipient] = (step.1 ?? 0) + Int64(step.0.count)
            }
        }
        // Nobody else can have moved them since: they are locked by this transaction.
        let moved = try Self.positions(
            transaction.inboxHeads.find(
                ["_id": ["$in": .array(steps.map { .id($0.recipient) })], "mover": .id(mover)], limit: steps.count))
        let others = steps.filter { moved[$0.recipient] == nil }
        guard !others.isEmpty else { return moved }
        for step in others { knownHeads.remove(step.recipient) }
        return try moved.merging(advanceTogether(others, in: transaction)) { own, _ in own }
    }

    private static func positions(_ heads: [Document]) -> [ObjectID: Int64] {
        heads.reduce(into: [:]) { result, head in
            if let id: ObjectID = head.get("_id"), let seq: Int64 = head.get("seq") { result[id] = seq }
        }
    }

    /// So many rows for one recipient.
    private struct HeadStep {
        let recipient: ObjectID
        let count: Int

        var filter: Document { ["_id": .id(recipient)] }
        var update: Update {
            ["$inc": ["seq": .int64(Int64(count))], "$setOnInsert": ["epoch": .id(ObjectID())]]
        }

        /// - Parameter known: only if the head stands there; nil is wherever it stands.
        func write(by mover: ObjectID, from known: Int64?) -> BulkWrite {
            var changes: Document = ["$inc": ["seq": .int64(Int64(count))], "$set": ["mover": .id(mover)]]
            if let known { return .updateOne(filter.and(["seq": .int64(known)]), .document(changes)) }
            changes.append("$setOnInsert", ["epoch": .id(ObjectID())])
            return .updateOne(filter, .document(changes), upsert: true)
        }
    }

    /// Tells this process's listeners about rows of a transaction that **has been committed**.
    public func ring(_ rows: [InboxRow]) {
        guard !rows.isEmpty else { return }
        listeners.tell(.rows(rows))
        for row in rows { rung.store(row.seq, for: row.recipient) }
    }

    /// Whether listeners have been told of this row of this process, or of a later one, which shows them the hole.
    func hasRung(_ seq: Int64, for recipient: ObjectID) -> Bool {
        rung.value(for: recipient).map { $0 >= seq } ?? false
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
