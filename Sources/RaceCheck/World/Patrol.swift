import BSON
import Mongo

/// Looks at the database now and then, all of it at one moment, and notes who holds what.
struct Patrol: Sendable {
    let client: MongoClient
    let recorder: Recorder

    /// Until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            if let snapshot = try? await look() { recorder.add(snapshot) }
            try? await Task.sleep(for: .milliseconds(60))
        }
    }

    private func look() async throws -> Snapshot {
        try await client.transaction { transaction in
            func pairs(
                _ collection: String, _ filter: Document, provider: String, job: String
            ) throws -> [Snapshot.Pair] {
                try transaction.collection(collection).find(filter, projection: [provider: 1, job: 1]).compactMap {
                    document in
                    guard let provider = document.hex(provider), let job = document.hex(job) else { return nil }
                    return Snapshot.Pair(provider: provider, job: job)
                }
            }
            return Snapshot(
                at: Recorder.now,
                holders: try pairs(
                    "services", ["provider_slot": ["$exists": true]], provider: "assigned_to", job: "_id"),
                current: try pairs(
                    "mechanics", ["current_job": ["$exists": true]], provider: "_id", job: "current_job"),
                exclusive: try pairs(
                    "offers", ["state": "offered", "mode": ["$in": ["pick", "cascade"]]], provider: "provider_id",
                    job: "job_id"))
        }
    }
}
