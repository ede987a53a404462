import BSON
import FoundationEssentials
import Mongo
import Synchronization

/// Receipts on their way to the database, written many at a time: every alert and every word of its end is confirmed by a
/// socket, and one by one the receipts cost the database more than the rows.
final class Receipts: Sendable {
    /// Every row of the route up to `seq` has arrived; without a route, every row.
    struct Receipt: Sendable {
        let recipient: ObjectID
        let route: InboxRoute?
        let seq: Int64
        let at: Date
    }

    private struct Waiting: Sendable {
        let receipt: Receipt
        let done: CheckedContinuation<Result<Void, MongoError>, Never>
    }

    private let store: Store
    /// Whoever finds nobody there waits a moment for others and writes for all of them.
    private let waiting = Mutex<(isGathering: Bool, list: [Waiting])>((false, []))

    init(_ store: Store) { self.store = store }

    /// Returns once the receipt is written.
    func keep(_ receipt: Receipt) async throws(RoadsideError) {
        while true {
            do throws(MongoError) {
                return try await write(receipt)
            } catch  where error.code == .cancelled && !Task.isCancelled {
                // The one who wrote for all of them has gone meanwhile.
                continue
            } catch {
                throw RoadsideError(error)
            }
        }
    }

    private func write(_ receipt: Receipt) async throws(MongoError) {
        let isFirst = waiting.withLock { waiting in
            defer { waiting.isGathering = true }
            return !waiting.isGathering
        }
        guard isFirst else { return try await follow(receipt) }
        try? await Task.sleep(for: Self.gathering)
        let others = waiting.withLock { waiting in
            defer { waiting = (false, []) }
            return waiting.list
        }
        let result = await write([receipt] + others.map(\.receipt))
        for other in others { other.done.resume(returning: result) }
        return try result.get()
    }

    private func follow(_ receipt: Receipt) async throws(MongoError) {
        let result = await withCheckedContinuation { continuation in
            let isLate = waiting.withLock { waiting in
                guard waiting.isGathering else { return true }
                waiting.list.append(Waiting(receipt: receipt, done: continuation))
                return false
            }
            // Just written without him: he begins anew.
            if isLate { continuation.resume(returning: .failure(MongoError(.cancelled, "nobody writes"))) }
        }
        try result.get()
    }

    private func write(_ receipts: [Receipt]) async -> Result<Void, MongoError> {
        do throws(MongoError) {
            _ = try await store.notifications.bulk(receipts.map(\.write), ordered: false)
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// Nobody waits for a receipt but the memory of who has sent it.
    private static let gathering = Duration.milliseconds(50)
}

extension Receipts.Receipt {
    /// An alert stays unconfirmed until it is void; see ``Inbox/receipt(recipient:route:upTo:)``.
    fileprivate var write: BulkWrite {
        var covered: Document = [
            "recipient_id": .id(recipient), "seq": ["$lte": .int64(seq)], "unreceipted": true,
        ]
        covered.append("routes", ifPresent: route?.rawValue)
        return .updateMany(
            covered,
            .pipeline([
                [
                    "$set": [
                        "received_at": ["$ifNull": ["$received_at", .date(at)]],
                        "unreceipted": [
                            "$cond": [["$eq": ["$kind", .string(InboxKind.offerNew.rawValue)]], true, "$$REMOVE"]
                        ],
                    ]
                ],
                ["$unset": "sealed"],
            ]))
    }
}
