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
        let record = try await store.lease { lease throws(MongoError) in
            try Self.record(reference, .job, for: caller, in: lease)
        }
        guard let record else { throw .jobNotFound }
        return record
    }

    /// As ``record(_:for:)``, ready to be shown. All reads on one thread: a hop costs as much as a read of one document.
    ///
    /// - Parameter kind: whose name it probably is.
    func job(_ reference: Reference, _ kind: JobName, for caller: Caller) async throws(RoadsideError) -> Job {
        let viewer = viewer(caller)
        let found = try await store.lease { lease throws(MongoError) -> (JobRecord, People)? in
            guard let record = try Self.record(reference, kind, for: caller, in: lease) else { return nil }
            return (record, try People(of: [record], viewer: viewer, in: lease))
        }
        guard let (record, people) = found else { throw .jobNotFound }
        return job(record, for: caller, among: people)
    }

    /// A job whose change has just been committed.
    ///
    /// - Parameter provider: its provider as that change has left him, when he has been written with it.
    /// - Throws: `OUTCOME_UNKNOWN` where reading alone would say that the service is unavailable: who hears that would
    ///   take the change for not made.
    func committed(
        _ record: JobRecord, for caller: Caller, knowing provider: ProviderProfile? = nil
    ) async throws(RoadsideError) -> Job {
        do throws(RoadsideError) {
            return try await job(record, for: caller, knowing: provider)
        } catch  where error.code == .databaseUnavailable || error.code == .overloaded {
            var unknown = RoadsideError(
                .outcomeUnknown, "The job was changed but cannot be shown. Please look before trying again.")
            unknown.underlying = error.underlying
            throw unknown
        }
    }

    func job(
        _ record: JobRecord, for caller: Caller, knowing provider: ProviderProfile? = nil
    ) async throws(RoadsideError) -> Job {
        let jobs = try await jobs([(record, nil)], for: caller, knowing: provider)
        guard let job = jobs.first else { throw .jobNotFound }
        return job
    }

    /// - Parameter records: with the viewing provider's live offer, where there is one.
    func jobs(
        _ records: [(JobRecord, Offer?)], for caller: Caller, knowing provider: ProviderProfile? = nil
    ) async throws(RoadsideError) -> [Job] {
        let viewer = viewer(caller)
        let people = try await store.lease { lease throws(MongoError) in
            try People(of: records.map(\.0), viewer: viewer, knowing: provider, in: lease)
        }
        return records.map { record, offer in job(record, for: caller, among: people, offer: offer) }
    }

    /// For who has read the people already.
    func job(_ record: JobRecord, for caller: Caller, among people: People, offer: Offer? = nil) -> Job {
        let code: String? =
            caller.userID == record.customerID && record.status.showsStartCode
            ? record.code.flatMap { StartCode.open($0, of: record.id, dependencies) } : nil
        return Job(
            record, seenBy: caller, people: people, startOTP: code, offer: offer,
            showsContact: dependencies.settings.contactBeforeAccept,
            supervision: dependencies.settings.supervision, at: dependencies.now())
    }

    private func viewer(_ caller: Caller) -> JobViewer {
        JobViewer(
            caller: caller, own: dependencies.gate.contact(of: caller.userID, at: dependencies.now()),
            seesContacts: caller.role.isStaff || dependencies.settings.contactBeforeAccept)
    }

    /// Nearly every name is of the kind that its path speaks of; only a miss tries the other. No two jobs can be meant:
    /// ids are unique, and the numbers of jobs and bookings come from one counter.
    private static func record(
        _ reference: Reference, _ kind: JobName, for caller: Caller, in lease: MongoLease
    ) throws(MongoError) -> JobRecord? {
        // For a provider, offers count as well.
        let mine = caller.condition(on: .job)
        if let job = JobRecord(try lease.services.findOne(reference.filter(kind).and(mine))) { return job }
        guard caller.role == .provider else {
            return JobRecord(try lease.services.findOne(reference.filter(kind.other).and(mine)))
        }
        let either: BSONValue = ["$or": [.document(reference.filter(.job)), .document(reference.filter(.booking))]]
        return JobRecord(
            try lease.services.aggregate([["$match": either]] + heldOrOffered(to: caller.userID)).first)
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
            ["$unset": "mine"], ["$limit": .int32(1)],
        ]
    }
}

/// A job has two names: its own, and that of its booking.
enum JobName: Sendable {
    case job, booking

    var other: JobName { self == .job ? .booking : .job }
}

extension Reference {
    /// The document of this id or number, and no condition besides.
    var filter: Document {
        switch self {
        case .id(let id): ["_id": .id(id)]
        case .number(let number): ["number": .int64(number)]
        }
    }

    /// The job that has this name, of this kind.
    func filter(_ kind: JobName) -> Document {
        switch (self, kind) {
        case (_, .job): filter
        case (.id(let id), .booking): ["appointment._id": .id(id)]
        case (.number(let number), .booking): ["appointment.number": .int64(number)]
        }
    }
}
