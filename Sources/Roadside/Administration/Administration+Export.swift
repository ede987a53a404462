public import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// What can be taken out as a table. Raw values name them in the audit log.
public enum ExportKind: String, CaseIterable, Sendable {
    case users, jobs, bookings
    case auditLog = "audit_log"
}

/// Some rows of a table, in the order in which they came to be.
public struct ExportSlice<Item: Sendable>: Sendable {
    public let items: [Item]
    /// After which the next slice begins; nil behind the last.
    public let next: ObjectID?
}

// A table is read slice by slice, so that however long it is, no more of it than a slice is ever held. Each slice asks anew
// whether its reader still may: who is switched off in the middle gets no more.
extension Administration {
    /// Writes down that somebody takes a table out; to be called before its first row leaves.
    ///
    /// - Throws: `FORBIDDEN` for anybody but an admin.
    public func beginExport(of kind: ExportKind, by caller: Caller) async throws(RoadsideError) {
        try caller.require(.admin, toDo: "export")
        let now = dependencies.now()
        try await store.transaction { transaction in
            try transaction.audit(
                AuditEvent(action: .exportMade, subject: AuditSubject(.export, named: kind.rawValue)),
                by: AuditAuthor(caller), at: now)
        }
    }

    /// - Throws: `FORBIDDEN`; `INVALID_TOKEN`, `ACCOUNT_DISABLED` once the caller's session is over.
    public func exportedUsers(
        after place: ObjectID?, for caller: Caller
    ) async throws(RoadsideError) -> ExportSlice<ManagedAccount> {
        try await slice(store.users, after: place, projection: Self.withoutSecrets, for: caller) {
            users throws(RoadsideError) in
            let profiles = try await profiles(of: users)
            return users.compactMap { user in
                try? ManagedAccount(user, profile: user.get("_id").flatMap { profiles[$0] }, online: [])
            }
        }
    }

    /// - Throws: as ``exportedUsers(after:for:)``.
    public func exportedJobs(after place: ObjectID?, for caller: Caller) async throws(RoadsideError) -> ExportSlice<Job>
    {
        try await slice(store.services, after: place, for: caller) { documents throws(RoadsideError) in
            try await jobs.reader.jobs(documents.compactMap(JobRecord.init).map { ($0, nil) }, for: caller)
        }
    }

    /// - Throws: as ``exportedUsers(after:for:)``.
    public func exportedBookings(
        after place: ObjectID?, for caller: Caller
    ) async throws(RoadsideError) -> ExportSlice<Booking> {
        try await slice(store.bookings, after: place, for: caller) { documents throws(RoadsideError) in
            let bookings = documents.compactMap(BookingRecord.init)
            let found = try await store.database { () async throws(MongoError) in
                try await store.services.find(["_id": ["$in": .array(bookings.map { .id($0.jobID) })]])
            }
            let shown = try await jobs.reader.jobs(found.compactMap(JobRecord.init).map { ($0, nil) }, for: caller)
            let byID = Dictionary(shown.map { ($0.id, $0) }) { first, _ in first }
            return bookings.compactMap { booking in byID[booking.jobID].map { Booking(booking, of: $0) } }
        }
    }

    /// - Throws: as ``exportedUsers(after:for:)``.
    public func exportedAuditLog(
        after place: ObjectID?, for caller: Caller
    ) async throws(RoadsideError) -> ExportSlice<AuditEntry> {
        let log = AuditLog(dependencies)
        return try await slice(store.auditLog, after: place, for: caller) { documents throws(RoadsideError) in
            try await log.entries(documents)
        }
    }

    /// However long the client takes between two slices, each has its own time.
    private func slice<Item: Sendable>(
        _ collection: MongoCollection, after place: ObjectID?, projection: Document? = nil, for caller: Caller,
        _ read: ([Document]) async throws(RoadsideError) -> [Item]
    ) async throws(RoadsideError) -> ExportSlice<Item> {
        try caller.require(.admin, toDo: "export")
        return try await withFreshDeadline { () async throws(RoadsideError) in
            try await dependencies.gate.check(caller, at: dependencies.now())
            let documents = try await store.database { () async throws(MongoError) in
                try await collection.find(
                    place.map { ["_id": ["$gt": .id($0)]] } ?? [:], sort: ["_id": 1], projection: projection,
                    hint: "_id_", limit: Self.exportedAtOnce)
            }
            let isLast = documents.count < Self.exportedAtOnce
            return ExportSlice(items: try await read(documents), next: isLast ? nil : documents.last?.get("_id"))
        }
    }

    /// Some hundred kilobytes at most. Ours.
    static let exportedAtOnce = 100
}
