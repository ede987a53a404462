import BSON
import Foundation
import Logging
import Mongo
import RoadsideRules

// What did not arrive, and what nobody uses, goes.
extension Uploads {
    /// Sweeps until the task is cancelled, once a minute. Any number of servers may do it at once.
    public func watch() async {
        let pause = Wakeup()
        while !Task.isCancelled {
            do throws(RoadsideError) {
                try await withFreshDeadline { () async throws(RoadsideError) in _ = try await sweep() }
            } catch {
                dependencies.logger.warning("Uploads cannot be swept", metadata: ["error": "\(error)"])
            }
            await pause.wait(atMost: .seconds(60))
        }
    }

    /// Deletes the files that nothing referred to in time, and the chunks of uploads that never finished.
    ///
    /// - Returns: how many of both it were, of the oldest hundred of each.
    @discardableResult
    public func sweep() async throws(RoadsideError) -> Int {
        let now = dependencies.now()
        let unused: Document = ["metadata.unused_until": ["$lte": .date(now)]]
        let files = try await ids(store.uploads.files, unused, sort: ["metadata.unused_until": 1])
        for file in files {
            // From here on its chunks are known by a draft again, so no crash leaves them behind.
            _ = try await store.transaction { transaction in
                guard try transaction.uploadFiles.deleteOne(unused.and(["_id": .id(file)])) == 1 else { return }
                try transaction.uploadDrafts.insert(["_id": .id(file), "started_at": .date(now), "swept": true])
            }
        }
        let stale: Document = ["started_at": ["$lte": .date(now.addingTimeInterval(-Self.longest))]]
        let old = try await ids(store.uploadDrafts, stale, sort: ["started_at": 1])
        for draft in files + old { try await sweep(draft) }
        return files.count + old.count
    }

    /// The chunks of one draft, and then the draft. First it is marked, so that its upload cannot finish any more.
    func sweep(_ draft: ObjectID) async throws(RoadsideError) {
        try await store.database { () async throws(MongoError) in
            let marked = try await store.uploadDrafts.updateOne(["_id": .id(draft)], ["$set": ["swept": true]])
            guard marked.matched == 1 else { return }
            try await store.uploads.deleteChunks(of: draft)
            try await store.uploadDrafts.deleteOne(["_id": .id(draft)])
        }
    }

    private func ids(
        _ collection: MongoCollection, _ filter: Document, sort: Document
    ) async throws(RoadsideError) -> [ObjectID] {
        try await store.database { () async throws(MongoError) in
            try await collection.find(filter, sort: sort, projection: ["_id": 1], limit: 100)
        }.compactMap { $0.get("_id") }
    }
}
