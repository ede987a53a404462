import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// Finds jobs for those who may see them, and shows each only what is meant for them.
struct JobReader: Sendable {
    let dependencies: Dependencies
    private var store: Store { dependencies.store }

    /// The job, when it is this caller's business: ownership is part of the query, so a foreign job and a missing one
    /// are the same answer (decision 24).
    ///
    /// - Throws: `NOT_FOUND`.
    func record(_ reference: Reference, for caller: Caller) async throws(RoadsideError) -> JobRecord {
        let pipeline = Self.pipeline(reference, for: caller)
        let documents = try await store.database { () async throws(MongoError) in
            try await store.services.aggregate(pipeline)
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
        let showsContact = dependencies.settings.contactBeforeAccept
        return records.map { record, offer in
            let code: String? =
                caller.userID == record.customerID && record.status.showsStartCode
                ? record.code.flatMap { StartCode.open($0, of: record.id, dependencies) } : nil
            return Job(
                record, seenBy: caller, people: people, startOTP: code, offer: offer, showsContact: showsContact)
        }
    }

    private static func pipeline(_ reference: Reference, for caller: Caller) -> [Document] {
        let mine: [Document]
        switch caller.role {
        case .customer: mine = [["$match": ["customer_id": .id(caller.userID)]]]
        case .dispatcher, .admin: mine = []
        case .partner: mine = [["$match": ["$expr": false]]]
        case .provider: mine = heldOrOffered(to: caller.userID)
        }
        return [["$match": .document(reference.filter)]] + mine + [["$limit": .int32(1)]]
    }

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
