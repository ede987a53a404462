public import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// Links by which a customer lets others follow his job: with a scope, for a time, until he takes them back or the job is
/// over.
public struct Sharing: Sendable {
    private let dependencies: Dependencies
    private let reader: JobReader
    private var store: Store { dependencies.store }

    init(_ dependencies: Dependencies) {
        self.dependencies = dependencies
        reader = JobReader(dependencies: dependencies)
    }

    /// Makes a link.
    ///
    /// - Parameter seconds: how long it works; a minute to a day.
    /// - Returns: the link, and its token of 256 random bits, which nobody is told again.
    /// - Throws: `VALIDATION_ERROR`; `CONFLICT` for a job that is over, and for one link too many; `FORBIDDEN` for anybody
    ///   but a customer; `NOT_FOUND`.
    public func share(
        _ reference: Reference, _ scope: ShareScope, for seconds: Int = ShareRules.usualSeconds, by caller: Caller
    ) async throws(RoadsideError) -> (link: ShareLink, token: String) {
        guard ShareRules.seconds.contains(seconds) else {
            throw .validation([FieldIssue(name: "expires_in", message: "Seconds, from a minute to a day.")])
        }
        let job = try await job(reference, of: caller)
        guard job.status.isOpen else { throw RoadsideError(.conflict, "This job is over; there is nothing to follow.") }
        let token = OpaqueToken(bytes: dependencies.random(OpaqueToken.byteCount))
        let now = dependencies.now()
        let link = ShareLink(
            id: ObjectID(), jobID: job.id, scope: scope, createdAt: now,
            expiresAt: now.addingTimeInterval(Double(seconds)), views: 0)
        try await store.transaction { transaction in
            // Written, not only read, so that of two who make the last one possible one has to look again; and counted, for
            // to write what is there already is to write nothing.
            try transaction.users.updateOne(["_id": .id(caller.userID)], ["$inc": ["links_made": .int64(1)]])
            guard try transaction.shareLinks.count(Self.working(job.id, at: now)) < ShareRules.mostLinks else {
                throw RoadsideError(.conflict, "At most \(ShareRules.mostLinks) links a job; take one back first.")
            }
            try transaction.shareLinks.insert([
                "_id": .id(link.id), "token_hash": .binary(subtype: 0, bytes: token.hash), "job_id": .id(job.id),
                "customer_id": .id(caller.userID), "scope": .string(scope.rawValue), "created_at": .date(now),
                "expires_at": .date(link.expiresAt), "views": .int64(0),
                // The database forgets it a day later.
                "purge_at": .date(link.expiresAt.addingTimeInterval(86_400)),
            ])
        }
        return (link, token.text)
    }

    /// The links to a job of the caller's that work, newest first; none when it is over.
    ///
    /// - Throws: `FORBIDDEN` for anybody but a customer; `NOT_FOUND`.
    public func links(of reference: Reference, by caller: Caller) async throws(RoadsideError) -> [ShareLink] {
        let job = try await job(reference, of: caller)
        guard job.status.isOpen else { return [] }
        let working = Self.working(job.id, at: dependencies.now())
        let documents = try await store.database { () async throws(MongoError) in
            try await store.shareLinks.find(working, sort: ["created_at": -1], limit: ShareRules.mostLinks)
        }
        return documents.compactMap(ShareLink.init)
    }

    /// Takes a link back; it shows nothing from this moment on.
    ///
    /// - Throws: `NOT_FOUND` for one that does not work any more, or is somebody else's; `FORBIDDEN`.
    public func revoke(_ link: ObjectID, to reference: Reference, by caller: Caller) async throws(RoadsideError) {
        let job = try await job(reference, of: caller)
        let now = dependencies.now()
        let one = Self.working(job.id, at: now).and(caller.condition(on: .shareLink)).and(["_id": .id(link)])
        let result = try await store.database { () async throws(MongoError) in
            try await store.shareLinks.updateOne(one, ["$set": ["revoked_at": .date(now)]])
        }
        if result.matched == 0 { throw .noLink }
    }

    /// What a link shows. Whoever has the token needs nothing else, and learns nothing when it does not work: whether it
    /// was taken back, ran out, or never was.
    ///
    /// - Throws: `NOT_FOUND`.
    public func job(behind token: String) async throws(RoadsideError) -> SharedJob {
        guard let token = OpaqueToken(token) else { throw .noLink }
        let now = dependencies.now()
        let shown = try await store.lease { lease throws(MongoError) -> SharedJob? in
            let document = try lease.collection("share_links").findOneAndUpdate(
                [
                    "token_hash": .binary(subtype: 0, bytes: token.hash), "revoked_at": .null,
                    "expires_at": ["$gt": .date(now)],
                ], ["$inc": ["views": .int64(1)]])
            guard let link = ShareLink(document),
                let shared = try lease.services.findOne(["_id": .id(link.jobID)]),
                let job = JobRecord(shared), job.status.isOpen
            else { return nil }
            var provider: ProviderProfile?
            if link.scope == .position, job.status.isLive, let id = job.assignedTo {
                provider = try lease.mechanics.findOne(["_id": .id(id)]).flatMap { try? ProviderProfile($0) }
            }
            return SharedJob(job, link, provider: provider, since: shared.get("accepted_at"))
        }
        guard let shown else { throw .noLink }
        return shown
    }

    private func job(_ reference: Reference, of caller: Caller) async throws(RoadsideError) -> JobRecord {
        try caller.require(.customer, toDo: "share jobs")
        return try await reader.record(reference, for: caller)
    }

    private static func working(_ job: ObjectID, at now: Date) -> Document {
        ["job_id": .id(job), "revoked_at": .null, "expires_at": ["$gt": .date(now)]]
    }
}

extension RoadsideError {
    fileprivate static let noLink = RoadsideError.notFound("Link")
}
