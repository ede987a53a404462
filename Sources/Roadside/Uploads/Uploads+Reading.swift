public import BSON
import Foundation
import Logging
import Mongo
import RoadsideRules

extension Uploads {
    /// A file that the caller may see: his own; for staff all but papers, which are for admins; the photos of a job for its
    /// parties; a face in use for everybody. All that is part of the query, so a foreign file and a missing one are the
    /// same answer (decision 24).
    ///
    /// Whoever looks at somebody else's paper needs a link of his own to it, and leaves a row that says so, before he sees
    /// it (threat T8).
    ///
    /// - Parameter link: the text of a ``PaperLink``.
    /// - Throws: `NOT_FOUND`; `FORBIDDEN` for somebody else's paper without a link, or with one that was made for another
    ///   session or another file, or whose time is over.
    public func open(
        _ id: ObjectID, for caller: Caller, link: String? = nil
    ) async throws(RoadsideError) -> Upload {
        let rows = try await store.database { () async throws(MongoError) in
            try await store.uploads.files.aggregate(Self.visible(id, to: caller))
        }
        guard let upload = Upload(rows.first) else { throw .notFound("File") }
        guard upload.purpose == .document, upload.ownerID != caller.userID else { return upload }
        let opens = link.map {
            PaperLink.opens(upload.id, $0, for: caller, at: dependencies.now(), dependencies.sealer)
        }
        guard opens == true else {
            throw RoadsideError(.forbidden, "Ask for a link to this document; it serves your own session for a minute.")
        }
        try await note(upload, seenBy: caller)
        return upload
    }

    /// One stored piece, as it is served.
    public func piece(_ number: Int, of upload: Upload) async throws(RoadsideError) -> [UInt8] {
        let sealed = try await withFreshDeadline { () async throws(RoadsideError) in
            try await store.database { () async throws(MongoError) in
                try await store.uploads.read(number, of: upload.id)
            }
        }
        let expected = min(upload.pieceLength, upload.length - number * upload.pieceLength)
        guard let sealed, let bytes = dependencies.sealer.open(sealed, for: UploadDraft.place(upload.id, number)),
            bytes.count == expected
        else { throw .broken("piece \(number) of upload \(upload.id.hex) is missing or damaged") }
        return bytes
    }

    private static func visible(_ id: ObjectID, to caller: Caller) -> [Document] {
        let this: Document = ["$match": ["_id": .id(id)]]
        switch caller.role {
        case .admin: return [this]
        case .dispatcher:
            return [
                this,
                [
                    "$match": [
                        "$or": [
                            ["metadata.owner_id": .id(caller.userID)],
                            ["metadata.purpose": ["$ne": .string(UploadPurpose.document.rawValue)]],
                        ]
                    ]
                ],
            ]
        case .customer, .provider, .partner:
            let me = BSONValue.id(caller.userID)
            return [
                this,
                [
                    "$lookup": [
                        "from": "services", "localField": "metadata.job_id", "foreignField": "_id", "as": "job",
                        "pipeline": [
                            ["$match": ["$or": [["customer_id": me], ["assigned_to": me]]]], ["$project": ["_id": 1]],
                        ],
                    ]
                ],
                [
                    "$match": [
                        "$or": [
                            ["metadata.owner_id": me],
                            [
                                "metadata.purpose": .string(UploadPurpose.profilePhoto.rawValue),
                                "metadata.unused_until": ["$exists": false],
                            ],
                            [
                                "metadata.purpose": .string(UploadPurpose.jobPhoto.rawValue),
                                "job.0": ["$exists": true],
                            ],
                        ]
                    ]
                ],
            ]
        }
    }

    private func note(_ upload: Upload, seenBy caller: Caller) async throws(RoadsideError) {
        dependencies.security.note(.paperView, of: caller.userID, ["upload": "\(upload.id)"])
        let now = dependencies.now()
        try await store.transaction { transaction in
            try transaction.uploadViews.insert([
                "_id": .id(ObjectID()), "upload_id": .id(upload.id), "owner_id": .id(upload.ownerID),
                "viewer_id": .id(caller.userID), "session_id": .id(caller.sessionID), "at": .date(now),
            ])
            try transaction.audit(
                AuditEvent(
                    action: .paperViewed, subject: AuditSubject(.upload, upload.id),
                    after: ["owner_id": .id(upload.ownerID)]),
                by: AuditAuthor(caller), at: now)
        }
    }
}
