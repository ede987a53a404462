import BSON
import Crypto
import Foundation
import Mongo

/// Counters of what costs money or room, in the database, so that all servers count together and a restart forgets
/// nothing (T10). Whose they are is a keyed hash: a counter outlives an erased account and tells nobody's address.
struct Budgets: Sendable {
    /// One budget: so many within each window.
    struct Budget: Sendable {
        /// What is counted, such as `destination`.
        let kind: String
        /// By whom or what: an address, an id; empty where all count together.
        let subject: String
        let limit: Int
        /// In whole seconds; windows begin at multiples of it.
        let window: Int
    }

    private let store: Store
    private let key: SymmetricKey

    init(_ dependencies: Dependencies) {
        store = dependencies.store
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: dependencies.secrets.peppers.current.bytes),
            info: Data("fixoncall.budgets".utf8), outputByteCount: 32)
    }

    /// Takes one from each of several budgets, in their order: the first that is spent ends it, and keeps the later
    /// ones.
    ///
    /// - Returns: the budget that is spent; nil when all of them had one left.
    func take(_ budgets: [Budget], at now: Date) async throws(RoadsideError) -> Budget? {
        let time = Int(now.timeIntervalSince1970)
        return try await store.lease { lease throws(MongoError) in
            for budget in budgets where try !take(budget, at: time, on: lease) { return budget }
            return nil
        }
    }

    /// Seconds until a window of that length ends.
    static func wait(_ window: Int, at now: Date) -> Int { window - Int(now.timeIntervalSince1970) % window }

    private func take(_ budget: Budget, at time: Int, on lease: MongoLease) throws(MongoError) -> Bool {
        let start = time - time % budget.window
        let open: Document = [
            "_id": .string("\(budget.kind):\(mark(budget)):\(start)"), "count": ["$lt": .int32(Int32(budget.limit))],
        ]
        let end = Date(timeIntervalSince1970: Double(start + budget.window))
        let change: Update = ["$inc": ["count": .int32(1)], "$set": ["purge_at": .date(end)]]
        do {
            let written = try lease.budgets.updateOne(open, change, upsert: true)
            return written.matched == 1 || written.upserted
        } catch  where error.code == .duplicateKey {
            // It is there: spent, or made by somebody else a moment ago.
            return try lease.budgets.updateOne(open, change).matched == 1
        }
    }

    private func mark(_ budget: Budget) -> String {
        guard !budget.subject.isEmpty else { return "" }
        let mac = HMAC<SHA256>.authenticationCode(
            for: Data("\(budget.kind)\u{0}\(budget.subject)".utf8), using: key)
        return Data(mac).base64EncodedString()
    }
}
