public import BSON
import Mongo

// What is read by somebody who listens over plain HTTP: every row whatever its route, rows that belong on no socket
// included.
extension Inbox {
    /// Where a listener begins: above the seq he knows, or, if he knows none, with what nobody has confirmed on any route.
    ///
    /// A seq above the head is none of this inbox (it was restored from a backup, or belongs to another account); it counts
    /// as none, for nothing would ever be above it.
    public func cursor(of recipient: ObjectID, after seq: Int64?) async throws(RoadsideError) -> InboxCursor {
        guard let seq, seq > 0, seq <= (try await head(of: recipient)) else {
            return InboxCursor(seq: 0, isReplaying: true)
        }
        return InboxCursor(seq: seq, isReplaying: false)
    }

    /// The rows that follow, codes open, not expired and in order, with the cursor moved behind them; at most a batch.
    ///
    /// An alert that still stands is part of every replay, confirmed or not; see ``receipt(recipient:route:upTo:)``.
    public func next(
        _ cursor: inout InboxCursor, of recipient: ObjectID
    ) async throws(RoadsideError) -> [InboxRow] {
        let start = cursor
        let (head, documents) = try await withFreshDeadline {
            () async throws(RoadsideError) -> (Int64, [Document]) in
            var filter: Document = ["recipient_id": .id(recipient), "seq": ["$gt": .int64(start.seq)]]
            guard start.isReplaying else { return (start.seq, try await deliverable(filter)) }
            filter.append("unreceipted", true)
            // The head first: what is committed after it rings, and what is below it has been read.
            let head = try await self.head(of: recipient)
            return (head, try await deliverable(filter))
        }
        cursor.seq = documents.last?.get("seq") ?? cursor.seq
        cursor.mayHaveMore = documents.count == Inbox.batch
        if start.isReplaying, !cursor.mayHaveMore {
            cursor.isReplaying = false
            // What lies between has been confirmed.
            cursor.seq = max(cursor.seq, head)
        }
        return documents.compactMap { InboxRow.delivered($0, sealer: sealer) }
    }

    /// A cumulative receipt on all routes at once: every row up to `seq` has arrived. Codes are wiped, and what stands of
    /// an alert is told again, as with ``receipt(recipient:route:upTo:)``.
    ///
    /// - Throws: `VALIDATION_ERROR` for a seq above the head, which nobody can have received.
    public func confirm(recipient: ObjectID, upTo seq: Int64) async throws(RoadsideError) {
        let head = try await head(of: recipient)
        guard seq <= head else {
            throw .validation([FieldIssue(name: "seq", message: "must not be above \(head), your newest event")])
        }
        try await receipt(recipient: recipient, upTo: seq)
    }
}
