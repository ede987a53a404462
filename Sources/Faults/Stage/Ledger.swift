import BSON
import Mongo
import Proving

/// The rows of the inboxes in the database, held against what each client has heard.
struct Ledger: Sendable {
    let client: MongoClient

    /// Waits until nothing is written any more and every client has come as far as his inbox.
    func settle(_ crowd: Crowd, within patience: Duration = .seconds(30)) async throws {
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end {
            let heads = try await heads()
            let behind = try await crowd.count { $0.cursor < heads[$0.person.id] ?? 0 }
            if behind == 0 { return }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// - Parameter pushes: those whose rows must be there if they were answered so.
    func tally(_ crowd: Crowd, _ pushes: [Pusher.Push]) async throws -> Tally {
        let (rows, marks) = try await rows()
        let heard = try await crowd.with { clients in
            clients.map { Tally.Heard(person: $0.person.id, seqs: $0.seqs, resets: $0.resets) }
        }
        return Tally(heard, against: rows, marks: marks, pushes: pushes)
    }

    private func heads() async throws -> [String: Int64] {
        var heads: [String: Int64] = [:]
        for head in try await client.collection("inbox_heads").find([:], deadline: .after(.seconds(30))) {
            if let id: ObjectID = head.get("_id"), let seq: Int64 = head.get("seq") { heads[id.hex] = seq }
        }
        return heads
    }

    private func rows() async throws -> (seqs: [String: Set<Int64>], marks: Set<Int>) {
        // Canaries are rows for nobody, and the end of a session is told by a closing frame.
        let documents = try await client.collection("notifications").find(
            ["kind": ["$nin": ["canary", "session"]]],
            projection: ["recipient_id": 1, "seq": 1, "body.title": 1], deadline: .after(.seconds(60)))
        var (seqs, marks): ([String: Set<Int64>], Set<Int>) = ([:], [])
        for document in documents {
            guard let person: ObjectID = document.get("recipient_id"), let seq: Int64 = document.get("seq")
            else { continue }
            seqs[person.hex, default: []].insert(seq)
            guard case .string(let title)? = document.value(at: ["body", "title"]),
                let mark = title.split(separator: "#").last.flatMap({ Int($0.filter(\.isNumber)) })
            else { continue }
            marks.insert(mark)
        }
        return (seqs, marks)
    }
}
