import BSON
import Logging
import Mongo

extension Inbox {
    /// Hears the rows that other processes write, until the task is cancelled.
    ///
    /// One change stream for the whole process, and only four small fields of each row: the row itself is read by the
    /// connections that want it. Whenever the stream has just been positioned or was interrupted, listeners are told to
    /// read on from their cursors, because rows may have passed unheard.
    public func follow() async {
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

    private func hear(_ change: Document) {
        guard let row: Document = change.get("fullDocument"), let recipient: ObjectID = row.get("recipient_id"),
            let seq: Int64 = row.get("seq")
        else { return }
        let isOwn = row.get("origin") == origin
        guard !isOwn || !hasRung(seq, for: recipient) else { return }
        tell(
            .written(
                recipient: recipient, seq: seq, kind: row.get("kind").flatMap(InboxKind.init(rawValue:)), isOwn: isOwn))
    }
}
