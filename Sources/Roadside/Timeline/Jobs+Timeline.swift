import BSON
import Mongo
public import RoadsideRules

extension Jobs {
    /// The whole story of a job, oldest first, for whom the job itself is for. The place of an event never changes and
    /// new ones come last, so that slices by cursor have neither gap nor double while the job goes on.
    ///
    /// Offers are told under the event that began their search, for staff: an offer changes its state where it stands,
    /// which is no reason to move an event.
    ///
    /// - Parameter request: by cursor; page numbers are not looked at.
    /// - Throws: `NOT_FOUND`; `VALIDATION_ERROR` for a cursor that is none of ours.
    public func timeline(
        _ reference: Reference, _ request: PageRequest, for caller: Caller
    ) async throws(RoadsideError) -> Page<TimelineEntry> {
        let after = try request.cursor.map { text throws(RoadsideError) in try Self.place(text) } ?? 0
        let record = try await reader.record(reference, for: caller)
        let isStaff = caller.role.isStaff
        let (events, offers) = try await store.lease { lease throws(MongoError) in
            let events = try StoryReader.events(of: record, after: after, limit: request.perPage, in: lease)
            return (events, isStaff ? try StoryReader.offers(of: record.id, under: events, in: lease) : [:])
        }
        let last = record.events.last?.seq ?? 0
        let end = events.last?.seq ?? last
        return Page(
            items: events.map { event in
                TimelineEntry(event: event, offers: isStaff ? event.attempt.map { offers[$0] ?? [] } : nil)
            }, page: 1, perPage: request.perPage, total: last, nextCursor: end < last ? String(end) : nil)
    }

    private static func place(_ cursor: String) throws(RoadsideError) -> Int {
        guard let seq = Int(cursor), seq >= 0, String(seq) == cursor else { throw .foreignCursor }
        return seq
    }
}

/// Reads what happened to one job. The job's own document has the end of the story, which is nearly always all of it;
/// `job_events` has what fell off its beginning, written by the transaction in which it fell.
///
/// So a job in the usual course writes and reads nothing more than itself: a collection written with every change would
/// cost each transaction one more statement, on the path where a customer waits.
private enum StoryReader {
    static func events(
        of record: JobRecord, after seq: Int, limit: Int, in lease: MongoLease
    ) throws(MongoError) -> [JobEvent] {
        let kept = record.events.filter { $0.seq > seq }
        guard let first = record.events.first?.seq, seq + 1 < first else { return Array(kept.prefix(limit)) }
        let older = try lease.jobEvents.find(
            ["job_id": .id(record.id), "seq": ["$gt": .int64(Int64(seq)), "$lt": .int64(Int64(first))]],
            sort: ["seq": 1], limit: limit)
        return Array((JobEvent.list(older) + kept).prefix(limit))
    }

    /// By search.
    static func offers(
        of job: ObjectID, under events: [JobEvent], in lease: MongoLease
    ) throws(MongoError) -> [Int: [TimelineOffer]] {
        let attempts = events.compactMap(\.attempt)
        guard !attempts.isEmpty else { return [:] }
        let documents = try lease.offers.find(
            ["job_id": .id(job), "attempt": ["$in": .array(attempts.map { .int64(Int64($0)) })]],
            sort: ["sent_at": 1, "_id": 1])
        var offers: [Int: [TimelineOffer]] = [:]
        for document in documents {
            guard let offer = TimelineOffer(document) else { continue }
            offers[document.get("attempt") ?? 1, default: []].append(offer)
        }
        return offers
    }
}
