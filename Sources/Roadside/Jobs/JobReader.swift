import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// Finds jobs for those who may see them, and shows each only what is meant for them.
struct JobReader: Sendable {
    let dependencies: Dependencies
    private var store: Store { dependencies.store }

    /// The job of this name or of the booking of this name, when it is this caller's business: ownership is part of the
    /// query, so a foreign job and a missing one are the same answer (decision 24).
    ///
    /// - Throws: `NOT_FOUND`.
    func record(_ reference: Reference, for caller: Caller) async throws(RoadsideError) -> JobRecord {
        let condition = Self.condition(for: caller)
        let named: [Document] = [["$match": .document(reference.filter)]]
        let mine = condition.map { [["$match": .document($0)]] } ?? Self.heldOrOffered(to: caller.userID)
        let first: [Document] = [["$limit": .int32(1)]]
        let documents = try await store.database { () async throws(MongoError) in
            let jobs =
                if let condition {
                    try await store.services.find(reference.filter.and(condition), limit: 1)
                } else {
                    try await store.services.aggregate(named + mine + first)
                }
            // Nearly every name is a job's own; only a miss asks the bookings.
            return jobs.isEmpty ? try await store.bookings.aggregate(named + Self.pointedAt + mine + first) : jobs
        }
        guard let record = JobRecord(documents.first) else { throw .jobNotFound }
        return record
    }

    func job(_ record: JobRecord, for caller: Caller) async throws(RoadsideError) -> Job {
        let jobs = try await jobs([(record, nil)], for: caller)
        guard let job = jobs.first else { throw .jobNotFound }
        return job
    }

    /// - Parameter records: with the viewing provider's live offer, where there is one.
    func jobs(_ records: [(JobRecord, Offer?)], for caller: Caller) async throws(RoadsideError) -> [Job] {
        let people = try await People(of: records.map(\.0), viewer: caller, store)
        return records.map { record, offer in job(record, for: caller, among: people, offer: offer) }
    }

    /// For who has read the people already.
    func job(_ record: JobRecord, for caller: Caller, among people: People, offer: Offer? = nil) -> Job {
        let code: String? =
            caller.userID == record.customerID && record.status.showsStartCode
            ? record.code.flatMap { StartCode.open($0, of: record.id, dependencies) } : nil
        return Job(
            record, seenBy: caller, people: people, startOTP: code, offer: offer,
            showsContact: dependencies.settings.contactBeforeAccept)
    }

    /// Whose business a job is, where the job itself says so; nil for a provider, for whom offers count as well.
    private static func condition(for caller: Caller) -> Document? {
        switch caller.role {
        case .customer: ["customer_id": .id(caller.userID)]
        case .dispatcher, .admin: [:]
        case .partner: ["$expr": false]
        case .provider: nil
        }
    }

    /// From bookings to their jobs.
    private static let pointedAt: [Document] = [
        ["$lookup": ["from": "services", "localField": "job_id", "foreignField": "_id", "as": "job"]],
        ["$unwind": "$job"], ["$replaceRoot": ["newRoot": "$job"]],
    ]

    private static func heldOrOffered(to provider: ObjectID) -> [Document] {
        [
            [
                "$lookup": [
                    "from": "offers", "localField": "_id", "foreignField": "job_id", "as": "mine",
                    "pipeline": [
                        ["$match": ["provider_id": .id(provider), "state": "offered"]], ["$limit": .int32(1)],
                    ],
                ]
            ],
            ["$match": ["$or": [["assigned_to": .id(provider)], ["mine.0": ["$exists": true]]]]],
            ["$unset": "mine"],
        ]
    }
}

extension Reference {
    /// The document of this id or number, and no condition besides.
    var filter: Document {
        switch self {
        case .id(let id): ["_id": .id(id)]
        case .number(let number): ["number": .int64(number)]
        }
    }
}
