public import BSON
import Foundation
import Logging
import Mongo
public import RoadsideRules

/// Photos and papers: taken in pieces while they arrive, stored sealed in GridFS, and served to those whom they concern.
///
/// A file is there when its row is, which is written last, in the transaction that says what it belongs to. Until then a
/// row of `upload_drafts` knows of its chunks; whatever happens, the sweeper finds them by it.
public struct Uploads: Sendable {
    let dependencies: Dependencies
    private let jobs: Jobs
    private let budgets: Budgets

    init(_ dependencies: Dependencies, jobs: Jobs) {
        self.dependencies = dependencies
        budgets = Budgets(dependencies)
        self.jobs = jobs
    }

    var store: Store { dependencies.store }

    /// Opens a file that is about to arrive.
    ///
    /// - Throws: `RATE_LIMITED` for who has sent as many files in a day as the installation allows, those that were
    ///   refused
    ///   among them, or is sending several at once.
    public func begin(by caller: Caller) async throws(RoadsideError) -> UploadDraft {
        try await withFreshDeadline { () async throws(RoadsideError) in try await open(by: caller) }
    }

    private func open(by caller: Caller) async throws(RoadsideError) -> UploadDraft {
        let (now, limit) = (dependencies.now(), dependencies.settings.uploadsPerDay)
        let underWay = try await store.database { () async throws(MongoError) in
            try await store.uploadDrafts.count([
                "owner_id": .id(caller.userID), "started_at": ["$gt": .date(now.addingTimeInterval(-Self.longest))],
            ])
        }
        guard underWay < Self.atOnce else { throw .tooManyUploads("You are sending several files already.", wait: 5) }
        let budget = Budgets.Budget(kind: "uploads", subject: caller.userID.hex, limit: limit, window: Self.day)
        guard try await budgets.take([budget], at: now) == nil else {
            throw .tooManyUploads("You have sent \(limit) files in a day.", wait: Budgets.wait(Self.day, at: now))
        }
        let draft = UploadDraft(
            id: ObjectID(), pieceLength: GridFSBucket.chunkSize - dependencies.sealer.overhead)
        try await store.database { () async throws(MongoError) in
            try await store.uploadDrafts.insert([
                "_id": .id(draft.id), "owner_id": .id(caller.userID), "started_at": .date(now),
            ])
        }
        return draft
    }

    /// Takes the next bytes of a file, however they are cut.
    ///
    /// - Throws: `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE` or `VALIDATION_ERROR` as soon as it is clear that the file
    ///   is none that is taken; the draft is then to be given up (``discard(_:)``).
    public func append(_ bytes: ArraySlice<UInt8>, to draft: inout UploadDraft) async throws(RoadsideError) {
        do throws(MediaFault) {
            try draft.reader.take(bytes, into: &draft.pending)
        } catch {
            throw RoadsideError(error)
        }
        while draft.pending.count > draft.pieceLength {
            let piece = Array(draft.pending.prefix(draft.pieceLength))
            draft.pending.removeFirst(piece.count)
            try await add(piece, to: &draft)
        }
    }

    /// The file has arrived: from now on it is there.
    ///
    /// - Parameter job: what a photo of a job shows; the caller is one of its parties, or staff.
    /// - Returns: the stored file. One that nothing refers to within a day is deleted.
    /// - Throws: as ``append(_:to:)``; `NOT_FOUND` for a job that is not his; `CONFLICT` for a job with as many photos as
    ///   are kept. The draft is then to be given up.
    public func finish(
        _ draft: UploadDraft, as purpose: UploadPurpose, of job: Reference? = nil, by caller: Caller
    ) async throws(RoadsideError) -> Upload {
        var draft = draft
        let media = try await complete(&draft)
        let whole = draft
        // The request may have begun long ago: a file takes as long as it takes.
        return try await withFreshDeadline { () async throws(RoadsideError) in
            try await keep(whole, media, as: purpose, of: job, by: caller)
        }
    }

    private func keep(
        _ whole: UploadDraft, _ media: Media, as purpose: UploadPurpose, of job: Reference?, by caller: Caller
    ) async throws(RoadsideError) -> Upload {
        guard purpose.accepts(media.kind) else {
            throw .validation([FieldIssue(name: "file", message: "must be an image")])
        }
        let now = dependencies.now()
        let deadline = purpose.isClaimedLater ? now.addingTimeInterval(86_400) : nil
        let (upload, outcome) = try await store.transaction { [jobs] transaction -> (Upload, JobWriter.Outcome?) in
            let record = try job.map { try Self.job($0, for: caller, in: transaction) }
            let upload = Upload(
                id: whole.id, ownerID: caller.userID, purpose: purpose, kind: media.kind, length: whole.length,
                size: media.size, jobID: record?.id, createdAt: now, pieceLength: whole.pieceLength)
            let outcome = try record.map {
                try jobs.writer.add(
                    JobPhoto(id: upload.id, ownerID: caller.userID, addedAt: now), to: $0, by: Actor(caller),
                    in: transaction)
            }
            if let record, let outcome {
                try transaction.audit(
                    .jobPhotographed, record, outcome.job, ["upload_id": .id(upload.id)], by: caller, at: now)
            }
            // The sweeper may have taken it for given up.
            guard try transaction.uploadDrafts.deleteOne(["_id": .id(whole.id), "swept": ["$exists": false]]) == 1
            else {
                throw RoadsideError(.conflict, "The file took too long to arrive. Please send it again.")
            }
            try transaction.uploadFiles.insert(upload.row(stored: whole.stored, unusedUntil: deadline))
            return (upload, outcome)
        }
        if let outcome { jobs.announce(outcome) }
        return upload
    }

    /// Forgets a file that did not arrive, or that nobody wants; one that has been stored meanwhile stays.
    public func discard(_ file: ObjectID) async {
        do throws(RoadsideError) {
            try await withFreshDeadline { () async throws(RoadsideError) in try await sweep(file) }
        } catch {
            dependencies.logger.info("Chunks of an upload are left to the sweeper", metadata: ["error": "\(error)"])
        }
    }

    /// How long an upload may take, a good deal more than any request does; how many one person may send at once. Ours.
    static let longest = 3600.0
    private static let atOnce = 8
    private static let day = 86_400
}

// Pieces.
extension Uploads {
    private func complete(_ draft: inout UploadDraft) async throws(RoadsideError) -> Media {
        let media: Media
        let patch: (place: Int, bytes: [UInt8])?
        do throws(MediaFault) {
            (media, patch) = try draft.reader.finish()
        } catch {
            throw RoadsideError(error)
        }
        let rest = draft.pending
        draft.pending = []
        try await add(rest, to: &draft)
        guard var first = draft.first else { throw .broken("a file without a first piece") }
        if let patch, patch.place + patch.bytes.count <= first.count {
            first.replaceSubrange(patch.place..<patch.place + patch.bytes.count, with: patch.bytes)
        }
        try await write(first, as: 0, of: &draft)
        return media
    }

    private func add(_ piece: [UInt8], to draft: inout UploadDraft) async throws(RoadsideError) {
        draft.length += piece.count
        defer { draft.pieces += 1 }
        guard draft.pieces > 0 else {
            draft.first = piece
            return
        }
        try await write(piece, as: draft.pieces, of: &draft)
    }

    private func write(_ piece: [UInt8], as number: Int, of draft: inout UploadDraft) async throws(RoadsideError) {
        let file = draft.id
        let sealed = try dependencies.sealer.seal(piece, for: UploadDraft.place(file, number))
        draft.stored += sealed.count
        // However long the client takes between two pieces.
        try await withFreshDeadline { () async throws(RoadsideError) in
            try await store.database { () async throws(MongoError) in
                try await store.uploads.write(sealed, as: number, of: file)
            }
        }
    }

    /// The job, when it is the caller's business: ownership is part of the query.
    private static func job(
        _ reference: Reference, for caller: Caller, in transaction: MongoTransaction
    ) throws -> JobRecord {
        let mine: Document =
            caller.role.isStaff
            ? [:] : ["$or": [["customer_id": .id(caller.userID)], ["assigned_to": .id(caller.userID)]]]
        for name in [JobName.job, .booking] {
            if let job = JobRecord(try transaction.services.findOne(reference.filter(name).and(mine))) { return job }
        }
        throw RoadsideError.jobNotFound
    }
}

extension RoadsideError {
    fileprivate static func tooManyUploads(_ message: String, wait seconds: Int) -> RoadsideError {
        RoadsideError(.rateLimited, message, details: [("retry_after", .int(Int64(seconds)))])
    }
}
