import BSON
import FoundationEssentials
import Logging
import Mongo

extension Inbox {
    /// Hears the rows that other processes write, until the task is cancelled.
    ///
    /// One change stream for the whole process, and only four small fields of each row: the row itself is read by the
    /// connections that want it. Whenever the stream has just been positioned or was interrupted, listeners are told to
    /// read on from their cursors, because rows may have passed unheard. One that has fallen silent is given up for a new
    /// one.
    public func follow() async {
        repeat {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.hearAll() }
                group.addTask { await self.doorbell.run(write: self.sendCanary) }
                await group.next()
                group.cancelAll()
            }
            if Task.isCancelled { return }
            if doorbell.isSilent { logger.error("The inbox's doorbell brings nothing and is opened anew") }
        } while doorbell.isSilent
    }

    /// Whether the doorbell is known to bring nothing; then sockets hear of other processes' rows late.
    public var isDeaf: Bool { doorbell.isSilent }

    private func hearAll() async {
        let stream = store.client.watch(
            store.notifications.name,
            pipeline: [
                ["$match": ["operationType": "insert"]],
                [
                    "$project": [
                        "fullDocument.recipient_id": 1, "fullDocument.seq": 1, "fullDocument.kind": 1,
                        "fullDocument.origin": 1,
                    ]
                ],
            ])
        for await event in stream {
            switch event {
            case .opened: tell(.resync)
            case .change(let change): hear(change)
            case .interrupted(let error):
                logger.warning("The inbox's doorbell was interrupted", metadata: ["error": "\(error)"])
                tell(.resync)
            }
        }
    }

    /// A row to this process itself, which no list shows and no socket reads.
    @Sendable private func sendCanary(_ number: Int64) async throws(MongoError) {
        let now = now()
        try await store.notifications.insert([
            "_id": .id(ObjectID()), "recipient_id": .id(origin), "seq": .int64(number), "kind": "canary",
            "is_read": true, "created_at": .date(now), "purge_at": .date(now.addingTimeInterval(60)),
        ])
    }

    private func hear(_ change: Document) {
        guard let row: Document = change.get("fullDocument"), let recipient: ObjectID = row.get("recipient_id"),
            let seq: Int64 = row.get("seq")
        else { return }
        guard recipient != origin else { return doorbell.hear(seq) }
        let isOwn = row.get("origin") == origin
        guard !isOwn || !hasRung(seq, for: recipient) else { return }
        tell(
            .written(
                recipient: recipient, seq: seq, kind: row.get("kind").flatMap(InboxKind.init(rawValue:)), isOwn: isOwn))
    }
}
