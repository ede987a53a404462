import BSON
import Foundation
import Mongo
import RoadsideRules

extension Seeding {
    /// The last few things that everybody of the past was told, so that lists are not empty. They were received long ago
    /// and are not pushed to anybody; the latest is still unread.
    func notices(
        _ past: Past, _ run: SeedRun, _ progress: @Sendable (SeedProgress) -> Void
    ) async throws(RoadsideError) {
        var latest: [ObjectID: [SeedJob]] = [:]
        for job in past.jobs.reversed() {
            for person in [job.customerID, job.providerID].compactMap(\.self)
            where latest[person, default: []].count < Self.noticesEach {
                latest[person, default: []].append(job)
            }
        }
        while true {
            let from = try await mark(.notices, of: run)
            progress(SeedProgress(what: "notices", done: from, total: past.listeners.count))
            guard from < past.listeners.count else { return }
            let person = past.listeners[from]
            try await write((latest[person.id] ?? []).reversed(), to: person.id, run, from: from)
        }
    }

    private func write(
        _ jobs: [SeedJob], to recipient: ObjectID, _ run: SeedRun, from: Int
    ) async throws(RoadsideError) {
        let documents = try await store.database { () async throws(MongoError) in
            try await store.services.find(["_id": ["$in": .array(jobs.map { .id($0.id) })]], sort: ["created_at": 1])
        }
        let entries = documents.compactMap(JobRecord.init).map { record in Self.entry(record, to: recipient) }
        let sealer = dependencies.sealer
        _ = try await write(.notices, of: run, from: from, to: from + 1) { transaction in
            guard !entries.isEmpty else { return }
            let head = try transaction.inboxHeads.findOneAndUpdate(
                ["_id": .id(recipient)],
                ["$inc": ["seq": .int(entries.count)], "$setOnInsert": ["epoch": .id(ObjectID())]],
                returning: .after, upsert: true)
            guard let last: Int64 = head?.get("seq") else { throw RoadsideError.broken("no inbox head") }
            try transaction.notifications.insert(
                contentsOf: entries.enumerated().map { index, notice in
                    let row = InboxRow(
                        notice.entry, seq: last - Int64(entries.count - 1 - index), createdAt: notice.at)
                    let isRead = index < entries.count - 1
                    return Self.received(try row.document(body: notice.entry.body, sealer: sealer), notice.at, isRead)
                })
        }
    }

    private static func entry(_ record: JobRecord, to recipient: ObjectID) -> (entry: InboxEntry, at: Date) {
        let last = record.events.last
        var body = record.body("job.\(record.status.rawValue)")
        body.actor = last?.by
        body.reason = last?.reason
        let route: InboxRoute = recipient == record.customerID ? .customerJobs : .providerJobs
        let entry = InboxEntry(recipient: recipient, kind: .jobStatus, routes: [route], body: body)
        return (entry, last?.at ?? record.updatedAt)
    }

    /// A row as it is when a socket has had it and, mostly, a person has read it.
    private static func received(_ row: Document, _ moment: Date, _ isRead: Bool) -> Document {
        let kept = row.filter { $0.key != "unreceipted" && $0.key != "is_read" }
        var document = Document(fields: kept.map { ($0.key, $0.value) })
        document.append("received_at", .date(moment))
        document.append("is_read", .bool(isRead))
        if isRead { document.append("read_at", .date(moment.addingTimeInterval(60))) }
        return document
    }

    private static let noticesEach = 5
}
